"""Makes build/fonts/*.woff2 out of the Debian packages fonts-inter and fonts-jetbrains-mono: Latin letters only."""

import pathlib

from fontTools import subset

FONTS = {
    "inter-regular": "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
    "inter-medium": "/usr/share/fonts/opentype/inter/Inter-Medium.otf",
    "inter-semibold": "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
    "jetbrains-mono-regular": "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf",
}
LETTERS = [*range(0x20, 0x180), *range(0x2010, 0x2027), 0x202F, 0x20AC, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2260, 0x2713]

out = pathlib.Path("build/fonts")
out.mkdir(parents=True, exist_ok=True)
for name, source in FONTS.items():
    if not pathlib.Path(source).exists():
        print(f"fonts: no {source}; the page will use the system's font")
        continue
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "calt", "tnum", "ss03", "cv05", "mark", "ccmp", "locl"])
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    subset.save_font(font, str(out / f"{name}.woff2"), options)
    print(f"{name}.woff2: {(out / f'{name}.woff2').stat().st_size} bytes")
