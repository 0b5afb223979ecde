package enum SimStub {}
