package enum TStub {}
