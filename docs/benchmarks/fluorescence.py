"""A field of immunofluorescence with its control slide by scikit-image and by OpenCV-Python: the peers of
explant analyze --protocol if-net, with the same steps.

usage: fluorescence.py FIELD.ome.tif CONTROL.ome.tif skimage|opencv

Steps: background plane by block percentiles, haze, bleed-through, thresholds from the control, point spread taken off by the
same separable kernel, contours at a share of the brightest light within a pixel, five variants of them for the
interval, nuclei (threshold, holes, opening, watershed from summits, area, perimeter, mean, SD), extracellular DNA, NETs
within 0.5 µm of H3Cit or MPO, their pieces, Pearson, Manders and Costes' test (200 rounds of 16384 blocks of 4 x 4) of four
pairs, shifts of the pairs. Prints CPU seconds without starting Python and reading the files.
"""
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "2")
import numpy as np
import tifffile
from scipy import ndimage as nd

UM, PSF, DNA, H3CIT, MPO = 0.325, 0.25, 0, 1, 2
SHARES = [0.37, 0.32, 0.3, 0.5, 0.32]
PAIRS = [(0, 1), (0, 2), (1, 2), (3, 4)]


class Skimage:
    def gaussian(self, v, s):
        from skimage.filters import gaussian
        return gaussian(v, s, mode="nearest", preserve_range=True, truncate=4)

    def separable(self, v, k):
        return nd.correlate1d(nd.correlate1d(v, k, axis=1, mode="nearest"), k, axis=0, mode="nearest")

    def dilate(self, v, r):
        from skimage.morphology import dilation, square
        return dilation(v, square(2 * r + 1))

    def near(self, m, r):
        return nd.distance_transform_edt(~m) <= r

    def label(self, m):
        from skimage.measure import label
        return label(m, connectivity=2)

    def watershed(self, v, seeds, mask):
        from skimage.segmentation import watershed
        return watershed(-v, seeds, mask=mask)

    def describe(self, labels, v):
        from skimage.measure import regionprops
        return [(r.area, r.perimeter_crofton, r.mean_intensity, v[r.slice][r.image].std()) for r in regionprops(labels, v)]

    def shift(self, a, b):
        from skimage.registration import phase_cross_correlation
        return phase_cross_correlation(a, b, upsample_factor=10)


class OpenCV(Skimage):
    def __init__(self):
        import cv2
        self.cv = cv2
        cv2.setNumThreads(2)

    def gaussian(self, v, s):
        n = 2 * int(np.ceil(4 * s)) + 1
        return self.cv.GaussianBlur(v, (n, n), s, borderType=self.cv.BORDER_REPLICATE)

    def separable(self, v, k):
        return self.cv.sepFilter2D(v, self.cv.CV_32F, k, k, borderType=self.cv.BORDER_REPLICATE)

    def dilate(self, v, r):
        return self.cv.dilate(v, np.ones((2 * r + 1, 2 * r + 1), np.uint8))

    def near(self, m, r):
        return self.cv.distanceTransform((~m).astype(np.uint8), self.cv.DIST_L2, 5) <= r

    def label(self, m):
        return self.cv.connectedComponents(m.astype(np.uint8), connectivity=8)[1]

    def watershed(self, v, seeds, mask):
        relief = self.cv.cvtColor(255 - np.clip(v / v.max() * 255, 0, 255).astype(np.uint8), self.cv.COLOR_GRAY2BGR)
        s = seeds.astype(np.int32)
        s[~mask] = s.max() + 1
        out = self.cv.watershed(relief, s)
        out[~mask | (out < 0)] = 0
        return out

    def describe(self, labels, v):
        out = []
        n, _, stats, _ = self.cv.connectedComponentsWithStats((labels > 0).astype(np.uint8))
        for x, y, w, h, _ in stats[1:]:
            box = labels[y:y + h, x:x + w]
            for k in np.unique(box[box > 0]):
                m = (box == k).astype(np.uint8)
                c, _ = self.cv.findContours(m, self.cv.RETR_EXTERNAL, self.cv.CHAIN_APPROX_NONE)
                mean, sd = self.cv.meanStdDev(v[y:y + h, x:x + w], mask=m)
                out.append((m.sum(), self.cv.arcLength(c[0], True), mean, sd))
        return out

    def shift(self, a, b):
        return self.cv.phaseCorrelate(a, b)


def kernel():
    """The point spread taken off: van Cittert's iteration, six turns, and a slight smoothing."""
    sigma, calm = np.hypot(PSF / UM, 0.2887), 0.13 / UM
    f = (np.arange(512) + 0.5) / 1024
    g = np.exp(-2 * (np.pi * sigma * f) ** 2)
    h = (1 - (1 - g) ** 7) / g * np.exp(-2 * (np.pi * calm * f) ** 2)
    r = int(np.ceil(6 * sigma)) + 2
    k = np.array([(h * np.cos(2 * np.pi * f * (i - r))).sum() for i in range(2 * r + 1)])
    return (k / k.sum()).astype(np.float32)


def lower_sd(v):
    d = v[v < 0]
    return np.sqrt((d * d).mean())


def clean(p, v):
    side = round(20 / UM)
    at, dark = [], []
    for y in range(0, v.shape[0], side):
        for x in range(0, v.shape[1], side):
            at.append((1, x, y))
            dark.append(np.percentile(v[y:y + side, x:x + side], 15))
    at, dark = np.array(at, float), np.array(dark)
    keep = np.ones(len(dark), bool)
    for _ in range(20):
        plane = np.linalg.lstsq(at[keep], dark[keep], rcond=None)[0]
        rest = dark - at @ plane
        sd = 1.4826 * np.median(np.abs(rest[keep] - np.median(rest[keep])))
        keep = np.abs(rest) < 2 * sd + 1e-6
    y, x = np.mgrid[:v.shape[0], :v.shape[1]]
    v = (v - plane[0] - plane[1] * x - plane[2] * y).astype(np.float32)
    h, e = np.histogram(v[::4, ::4], 4096)
    v -= np.float32(e[h.argmax()])
    spread, near = p.gaussian(v, 3 / UM), p.dilate(v, 4)
    m = near < 10 * lower_sd(v)
    share = np.clip(np.polyfit(spread[m], v[m], 1)[0], 0, 0.5) if m.mean() > 0.05 else 0
    out = v
    for turn in range(3):
        if turn:
            spread = p.gaussian(out, 3 / UM)
        out = (v - share * spread).astype(np.float32)
    return out


def nuclei(p, v, typical):
    m = nd.binary_fill_holes(p.gaussian(v, 0.34 / UM) >= typical / 2)
    m = p.near(~p.near(~m, 2), 2) & m
    r = p.gaussian(np.where(m, np.minimum(v, 1.5 * typical), 0).astype(np.float32), 0.6 / UM)
    top = m & (r >= p.dilate(r, 5))
    labels = p.watershed(r, nd.label(top)[0], m)
    return labels, p.describe(labels, v)


def costes(a, b):
    n = a.shape[0] // 4 * 4
    blocks = [v[:n, :n].reshape(n // 4, 4, n // 4, 4).swapaxes(1, 2).reshape(-1, 16) for v in (a, b)]
    step = max(len(blocks[0]) // 16384, 1)
    x, y = blocks[0][::step], np.ascontiguousarray(blocks[1][::step])
    seen, r = (x * y).sum(), np.random.default_rng(1)
    return np.mean([(x[r.permutation(len(x))] * y).sum() < seen for _ in range(200)])


def run(p, field, control):
    light, dark = [clean(p, c) for c in field], [clean(p, c) for c in control]
    for to in range(1, 5):
        bright = light[to - 1] > 50 * lower_sd(light[to - 1])
        h, e = np.histogram(light[to][bright] / light[to - 1][bright], 400, (0, 0.15))
        light[to] = light[to] - np.float32(e[h.argmax()]) * np.maximum(light[to - 1], 0)
    k = kernel()
    sharp = [p.separable(v, k) for v in light]
    limit = [max(c.mean() + 3 * c.std(), np.percentile(c, 99.5), 4 * lower_sd(s)) for c, s in zip(dark, sharp)]
    top = [p.gaussian(p.dilate(s, 1), 0.4) for s in sharp]
    found = {}
    for slide in (dark[DNA], light[DNA]):
        smooth = p.gaussian(slide, 0.34 / UM)
        bright = smooth[smooth > 8 * lower_sd(smooth)]
        labels, objects = nuclei(p, slide, np.median(bright[bright > np.median(bright) / 2]))
    limit[DNA] = 0.06 * np.median(bright)
    rim = p.near(labels > 0, 0.4 / UM)
    for t, c in (1, 0), (0.8, 0), (1.2, 0), (1, -0.05), (1, 0.05):
        m = [(s >= t * a) & (s >= (share + c) * b) for s, a, b, share in zip(sharp, limit, top, SHARES)]
        out = m[DNA] & ~rim
        net = out & (p.near(m[H3CIT], 0.5 / UM) | p.near(m[MPO], 0.5 / UM))
        found[t, c] = [x.sum() for x in m] + [net.sum()]
    pieces = np.bincount(p.label(net).ravel())
    for a, b in PAIRS:
        x, y = light[a], light[b]
        np.corrcoef(x.ravel(), y.ravel())
        for u, v, s in (x, y, limit[b]), (y, x, limit[a]):
            u = np.maximum(u, 0)
            u[v >= s].sum() / u.sum()
        costes(x, y)
        p.shift(x, y)
    return found[1, 0][-1] * UM * UM, len(objects), (pieces[1:] > 400).sum()


def main():
    field, control = (tifffile.imread(f).astype(np.float32) for f in sys.argv[1:3])
    p = OpenCV() if sys.argv[3] == "opencv" else Skimage()
    start, wall = time.process_time(), time.time()
    area, n, nets = run(p, field, control)
    print("%s: %.2f s of CPU (%.2f s on the clock); NETs %.0f µm², %d nuclei, %d NETs" % (sys.argv[3], time.process_time() - start, time.time() - wall, area, n, nets))


if __name__ == "__main__":
    main()
