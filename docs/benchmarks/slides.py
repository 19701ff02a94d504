"""A martius scarlet blue or H-DAB slide by scikit-image and by OpenCV-Python: the peers of explant analyze
--protocol slide-msb or slide-dab, with the core of its steps.

usage: slides.py SLIDE.tif msb|dab skimage|opencv

Steps: level of glass from the histogram, optical density, unmixing, tissue and classes by the rules of the protocol (with
one step of 0.02 OD up and down for the interval), counts, a class map. Not done here, but by explant: directions of
stains from the slide, structures, jackknife, layers, outlines, pyramid, report. Prints CPU seconds without starting
Python and reading the file, and the largest resident memory.
"""
import resource
import sys
import time

import numpy as np
import tifffile

STAINS = {
    "msb": [[0.05, 0.25, 0.96695], [0.12, 0.78, 0.61417], [0.80, 0.55, 0.23979]],
    "dab": [[0.66504073, 0.61772484, 0.41968665], [0.4100872, 0.5751321, 0.70785]],
}


def inverse(kind):
    d = [np.array(v) for v in STAINS[kind]]
    if len(d) == 2:
        c = np.cross(d[0], d[1])
        d.append(c / np.linalg.norm(c))
    return np.linalg.inv(np.array(d))


def glass(px):
    lo, hi = px.min(2), px.max(2)
    neutral = (hi.astype(int) - lo <= 30) & (lo >= 200) & (hi < 255)
    peak = np.argmax(np.bincount(lo[neutral], minlength=256))
    near = neutral & (np.abs(lo.astype(int) - peak) <= 6)
    return px[near].mean(0)


def density_skimage(px, i0):
    from skimage.util import img_as_float32
    return -np.log10((img_as_float32(px) * 255 + 1) / i0.astype(np.float32))


def density_opencv(px, i0):
    import cv2
    table = np.stack([-np.log10((np.arange(256) + 1) / i0[c]) for c in range(3)], 1).astype(np.float32)
    return cv2.merge([cv2.LUT(px[..., c].copy(), table[:, c]) for c in range(3)])


def amounts_skimage(od, m):
    return od @ m.astype(np.float32)


def amounts_opencv(od, m):
    import cv2
    return cv2.transform(od, m.T.astype(np.float32))


def classes(kind, od, a, step):
    mean = od.mean(2)
    out = np.where(mean < (0.05 if kind == "msb" else 0.03), 0, 1).astype(np.uint8)
    tissue = out > 0
    if kind == "dab":
        out[tissue & (a[..., 1] >= 0.25 + step)] = 2
        return out
    total = a.sum(2)
    y, r, b = a[..., 0], a[..., 1], a[..., 2]
    rules = [
        (mean >= 0.38 + step) & (b >= 0.5 * total) & (b <= 0.82 * total) & (y <= 0.3 * total) & (r <= 0.44 * total),
        (y >= 0.32 + step) & (y >= 0.4 * total) & (r >= -0.15 * total) & (b <= 0.35 * total),
        (r >= 0.34 + step) & (r >= 0.5 * total),
        (b >= 0.28 + step) & (b >= 0.75 * total) & (y <= 0.3 * total),
        total <= 0.5,
    ]
    out[tissue] = 6
    for value, rule in reversed(list(zip((2, 3, 4, 5, 1), rules))):
        out[tissue & rule] = value
    return out


def main():
    path, kind, peer = sys.argv[1:4]
    px = tifffile.imread(path)
    begin = time.process_time()
    if kind == "dab":
        if peer == "opencv":
            import cv2
            px = cv2.GaussianBlur(px, (3, 3), 0)
        else:
            from skimage.filters import gaussian
            px = np.clip(gaussian(px, 0.707, channel_axis=2, preserve_range=True) + 0.5, 0, 255).astype(np.uint8)
    i0 = glass(px)
    od = (density_opencv if peer == "opencv" else density_skimage)(px, i0)
    a = (amounts_opencv if peer == "opencv" else amounts_skimage)(od, inverse(kind))
    for step in (0, -0.02, 0.02):
        out = classes(kind, od, a, step)
        n = np.bincount(out.ravel(), minlength=7)
        if step == 0:
            shares = 100 * n[1:] / n[1:].sum()
            tifffile.imwrite(path + "." + peer + ".labels.tif", out, tile=(512, 512), compression="zlib")
    print(f"{peer} {kind}: {time.process_time() - begin:.1f} CPU s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB, shares {np.round(shares, 2)}")


main()
