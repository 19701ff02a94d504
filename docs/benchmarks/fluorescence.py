"""A field of immunofluorescence with its control slide by scikit-image and by OpenCV-Python: the peers of
explant analyze --protocol if-net, with the same steps.

usage: fluorescence.py FIELD.ome.tif CONTROL.ome.tif skimage|opencv OUT

Steps: reading, background plane by block percentiles, haze, bleed-through, fibre walls and their lumens left out, thresholds
from the control, point spread taken off by the same separable kernel, contours at a share of the brightest light within a
pixel, five variants of them for the interval, nuclei (threshold, holes, opening, watershed from summits, lobes joined by the
length that they have together, area, perimeter, mean, SD, those that look like the control's), extracellular DNA, NETs
within 0.5 µm of H3Cit or MPO, triple-positive ones, their pieces, areas, intensities, overlaps of each two markers, layers
by distance from the fibres, Pearson, Manders, Costes' threshold and test (200 rounds of 16384 blocks of 4 x 4) of
four pairs, shifts of the pairs, saturation; the label image, a table, the composite and a layer of each class as pictures.
Prints CPU seconds of everything, and without starting Python and reading.
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
        return [(r.label, r.area, r.perimeter_crofton, r.mean_intensity, v[r.slice][r.image].std()) for r in regionprops(labels, v)]

    def distance(self, m):
        return nd.distance_transform_edt(m)

    def small(self, v):
        from skimage.transform import resize
        if max(v.shape[:2]) <= 1800:
            return v
        return resize(v, (1800 * v.shape[0] // max(v.shape[:2]), 1800 * v.shape[1] // max(v.shape[:2])), preserve_range=True, anti_aliasing=True).astype(np.uint8)

    def save(self, path, v):
        from skimage.io import imsave
        imsave(path, v, check_contrast=False)

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
        beyond = s.max() + 1
        s[~mask] = beyond
        out = self.cv.watershed(relief, s)
        out[~mask | (out < 0) | (out == beyond)] = 0
        return out

    def describe(self, labels, v):
        out = []
        for k, box in enumerate(nd.find_objects(labels)):
            if box is None:
                continue
            m = (labels[box] == k + 1).astype(np.uint8)
            c, _ = self.cv.findContours(m, self.cv.RETR_EXTERNAL, self.cv.CHAIN_APPROX_NONE)
            mean, sd = self.cv.meanStdDev(v[box], mask=m)
            out.append((k + 1, int(m.sum()), self.cv.arcLength(c[0], True), mean[0, 0], sd[0, 0]))
        return out

    def distance(self, m):
        return self.cv.distanceTransform(m.astype(np.uint8), self.cv.DIST_L2, 5)

    def small(self, v):
        k = 1800 / max(v.shape[:2])
        return v if k >= 1 else self.cv.resize(v, None, fx=k, fy=k, interpolation=self.cv.INTER_AREA)

    def save(self, path, v):
        self.cv.imwrite(path, v if v.ndim == 2 else self.cv.cvtColor(v, self.cv.COLOR_RGBA2BGRA if v.shape[2] == 4 else self.cv.COLOR_RGB2BGR))

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


def fibres(p, light):
    """Outside of fibre walls, which shine in all channels, and of the lumens that they enclose."""
    wall = np.ones(light[0].shape, bool)
    for v in light:
        wall &= p.gaussian(v, 0.6 / UM) > 4 * lower_sd(v)
    r = 2 / UM
    wall = p.near(wall, r)                      # closed
    wall = ~p.near(~wall, r)
    wall = p.near(~p.near(~wall, r), r) & wall  # opened
    least = 500 / UM / UM
    n = p.label(wall)
    wall = (np.bincount(n.ravel()) >= least)[n] & wall
    free = ~wall
    if wall.any():
        n = p.label(free)
        size = np.bincount(n.ravel())
        size[0] = 0
        cut = (size >= least) & (size < size.max())
        free &= ~cut[n]
    return free


def joined(labels, n):
    """Lobes of one nucleus: pieces within 1 µm of each other, the shortest pair first, up to 9.5 µm together."""
    gap, longest, boxes = 3, 9.5 / UM, nd.find_objects(labels)
    pairs = set()
    for dy in range(gap + 1):
        for dx in range(-gap if dy else 1, gap + 1):
            if dx * dx + dy * dy > gap * gap:
                continue
            a = labels[:labels.shape[0] - dy, max(-dx, 0):labels.shape[1] - max(dx, 0)]
            b = labels[dy:, max(dx, 0):labels.shape[1] + min(dx, 0)]
            m = (a > 0) & (b > 0) & (a != b)
            pairs.update(map(tuple, np.unique(np.sort(np.stack([a[m], b[m]], 1), axis=1), axis=0)))
    into = np.arange(n + 1)
    box = {k + 1: [b[0].start, b[0].stop, b[1].start, b[1].stop] for k, b in enumerate(boxes) if b}

    def top(k):
        while into[k] != k:
            k = into[k]
        return k

    def both(a, b):
        return [min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3])]

    def length(b):
        return max(b[1] - b[0], b[3] - b[2])

    for a, b in sorted(pairs, key=lambda q: length(both(box[q[0]], box[q[1]]))):
        a, b = top(a), top(b)
        if a != b and length(both(box[a], box[b])) <= longest:
            box[a], into[b] = both(box[a], box[b]), a
    names = np.array([top(k) for k in range(n + 1)])
    return np.unique(names[labels], return_inverse=True)[1].reshape(labels.shape).astype(np.int32)


def nuclei(p, v, typical, free):
    m = (p.gaussian(v, 0.34 / UM) >= typical / 2) & free
    holes = p.label(~m)
    size = np.bincount(holes.ravel()) * UM * UM
    m |= (size <= 5)[holes] & (holes > 0)
    m = p.near(~p.near(~m, 2), 2) & m
    r = p.gaussian(np.where(m, np.minimum(v, 1.5 * typical), 0).astype(np.float32), 0.6 / UM)
    seeds, n = nd.label(m & (r >= p.dilate(r, 5)), np.ones((3, 3)))
    labels = joined(p.watershed(r, seeds, m), n)
    return labels, p.describe(labels, v)


def looks(objects, typical):
    """What nuclei are compared by, and which are of the right size."""
    o = np.array([(a * UM * UM, 4 * np.pi * a / max(u, 1) ** 2, m / typical, s / max(m, 1)) for _, a, u, m, s in objects])
    return np.stack([np.log(o[:, 0]), o[:, 1], np.log(np.maximum(o[:, 2], 1e-3)), o[:, 3]], 1), (o[:, 0] >= 9) & (o[:, 0] <= 120)


def intact(labels, objects, teachers, typical):
    """Nuclei that look like those of the control, by the distance to the third nearest of them."""
    from scipy.spatial import cKDTree
    known, fit = looks(*teachers)
    known = known[fit]
    sd = np.maximum((np.percentile(known, 84, axis=0) - np.percentile(known, 16, axis=0)) / 2, 1e-6)
    tree = cKDTree(known / sd)
    limit = 2.25 * np.median(tree.query(known / sd, 4)[0][:, -1])
    own, fit = looks(objects, typical)
    good = fit & (tree.query(own / sd, 3)[0][:, -1] <= limit)
    keep = np.zeros(labels.max() + 1, bool)
    keep[[o[0] for o in np.array(objects, object)[good]]] = True
    return keep[labels], [o[1] for o, g in zip(objects, good) if g]


def costes_threshold(x, y):
    """The pair on the line of orthogonal regression below which the channels do not correlate."""
    c = np.cov(x, y)
    d = c[1, 1] - c[0, 0]
    slope = (d + np.sqrt(d * d + 4 * c[0, 1] ** 2)) / (2 * c[0, 1])
    offset, lo, hi = y.mean() - slope * x.mean(), 0, x.max()
    for _ in range(12):
        t = (lo + hi) / 2
        m = (x < t) | (y < slope * t + offset)
        if m.sum() > 2 and np.corrcoef(x[m], y[m])[0, 1] > 0:
            hi = t
        else:
            lo = t
    return hi, slope * hi + offset


def costes(a, b, free):
    n, w = a.shape[0] // 4 * 4, a.shape[1] // 4 * 4
    blocks = [v[:n, :w].reshape(n // 4, 4, w // 4, 4).swapaxes(1, 2).reshape(-1, 16) for v in (a, b, free)]
    whole = blocks[2].all(axis=1)
    x, y = blocks[0][whole], blocks[1][whole]
    at = np.arange(min(len(x), 16384)) * len(x) // min(len(x), 16384)
    x, y = x[at], np.ascontiguousarray(y[at])
    seen, r = np.vdot(x, y), np.random.default_rng(1)
    return np.mean([np.vdot(x[r.permutation(len(x))], y) < seen for _ in range(200)])


COLOURS = [(86, 180, 233), (0, 158, 115), (213, 94, 0), (230, 159, 0), (204, 121, 167), (0, 114, 178), (255, 255, 255)]
LAMPS = np.array([(0.15, 0.35, 1), (0, 1, 0.2), (1, 0.15, 0), (0.42, 0.4, 0.36), (0.9, 0.1, 0.8)], np.float32)
NAMES = ["dna", "h3cit", "mpo", "fibrin", "cd61"]
LAYERS = [10, 25, 50, 100, 200]


def pictures(p, field, classes, out):
    sum_ = np.zeros(field[0].shape + (3,), np.float32)
    for v, lamp in zip(field, LAMPS):
        lo, hi = np.percentile(v, [50, 99.8])
        sum_ += np.clip((v - lo) / (hi - lo), 0, 1)[..., None] * lamp
    p.save(os.path.join(out, "field.jpg"), p.small((255 * np.clip(sum_, 0, 1)).astype(np.uint8)))
    labels = np.zeros(field[0].shape, np.uint8)
    for k, (m, colour) in enumerate(zip(classes, COLOURS)):
        labels[m] = k + 1
        alpha = p.small((255 * m).astype(np.uint8))
        p.save(os.path.join(out, "layer%d.png" % k), np.dstack([np.full_like(alpha, c) for c in colour] + [alpha]))
    tifffile.imwrite(os.path.join(out, "labels.tif"), labels, compression="zlib", tile=(512, 512))


def run(p, field, control, out):
    rows, flags = [], []
    for name, v in zip(NAMES, field):
        if (v >= 65535).mean() > 0.001:
            flags.append("saturated " + name)
    light, dark = [clean(p, c) for c in field], [clean(p, c) for c in control]
    free, known = fibres(p, light), fibres(p, dark)
    for to in range(1, 5):
        bright = (light[to - 1] > 50 * lower_sd(light[to - 1])) & free
        h, e = np.histogram(light[to][bright] / light[to - 1][bright], 400, (0, 0.15))
        share = np.float32(e[h.argmax()]) if h.max() > 0 else 0
        light[to] = light[to] - share * np.maximum(light[to - 1], 0)
        dark[to] = dark[to] - share * np.maximum(dark[to - 1], 0)
    k = kernel()
    sharp = [p.separable(v, k) for v in light]
    limit = [max(c[known].mean() + 3 * c[known].std(), np.percentile(c[known], 99.5), 4 * lower_sd(s)) for c, s in zip(dark, sharp)]
    top = [p.gaussian(p.dilate(s, 1), 0.4) for s in sharp]
    found = []
    for slide, where in (dark[DNA], known), (light[DNA], free):
        smooth = p.gaussian(slide, 0.34 / UM)
        bright = smooth[(smooth > 8 * lower_sd(smooth)) & where]
        if not found:
            typical = np.median(bright)
            for _ in range(4):
                typical = np.median(bright[bright >= typical / 2])
        found.append(nuclei(p, slide, typical, where))
    (_, teachers), (labels, objects) = found
    whole, areas = intact(labels, objects, (teachers, typical), typical)
    limit[DNA] = 0.06 * typical
    rim = p.near(whole, 0.4 / UM)
    counts = []
    for t, c in (1, 0), (0.8, 0), (1.2, 0), (1, -0.05), (1, 0.05):
        m = [(s >= t * a) & (s >= (share + c) * b) & free for s, a, b, share in zip(sharp, limit, top, SHARES)]
        outside = m[DNA] & ~rim
        near = [p.near(m[x], 0.5 / UM) for x in (H3CIT, MPO)]
        net, triple = outside & (near[0] | near[1]), outside & near[0] & near[1]
        both = [(a & b).sum() for a in m for b in m]
        counts.append([x.sum() for x in m + [outside, net, triple, net | whole]] + both)
        if not rows:
            rows, masks, nets, extra = [1], m, net, outside
    rows = []
    value, spread = np.array(counts[0], float), np.array(counts, float)
    u = np.hypot((spread[1] - spread[2]) / 2, (spread[3] - spread[4]) / 2)
    for k, (v, s) in enumerate(zip(value, u)):
        rows.append(("area %d" % k, 100 * v / free.sum(), 200 * s / free.sum()))
    for name, m, v in zip(NAMES, masks, light):
        rows.append(("intensity " + name, np.median(v[m]) if m.any() else 0, 0))
    pieces = np.bincount(p.label(nets).ravel())
    n = (pieces[1:] >= 1.5 * np.median(areas)).sum() if areas else 0
    rows += [("nuclei", len(areas), 0), ("NETs", n, 0), ("ratio", nets.sum() / max(nets.sum() + whole.sum(), 1), 0)]
    if not free.all():
        d, lo = p.distance(free) * UM, 0
        for hi in LAYERS:
            layer = free & (d > lo) & (d <= hi)
            for name, m in zip(NAMES + ["net"], masks + [nets]):
                rows.append(("%s %d-%d" % (name, lo, hi), (m & layer).sum() / max(layer.sum(), 1), 0))
            lo = hi
    for a, b in PAIRS:
        x, y = light[a][free], light[b][free]
        rows.append(("pearson", np.corrcoef(x, y)[0, 1], 0))
        for u, v, s, t in (x, y, limit[b], limit[a]), (y, x, limit[a], limit[b]):
            u = np.maximum(u, 0)
            rows += [("manders", u[v >= s].sum() / u.sum(), 0), ("both", u[(v >= s) & (u >= t)].sum() / max(u[u >= t].sum(), 1), 0)]
        rows += [("costes threshold", costes_threshold(x, y)[0], 0), ("costes", costes(light[a], light[b], free), 0)]
        shift = p.shift(light[a], light[b])
        if np.hypot(*shift[0][:2]) > 1:
            flags.append("shifted %d %d" % (a, b))
    pictures(p, field, masks[1:] + [extra, whole, nets], out)
    with open(os.path.join(out, "measurements.csv"), "w") as f:
        f.writelines("%s,%.6g,%.6g\n" % r for r in rows)
        f.writelines("flag,%s\n" % x for x in flags)
    return nets.sum() * UM * UM, len(areas), n


def main():
    field, control = (tifffile.imread(f).astype(np.float32) for f in sys.argv[1:3])
    p = OpenCV() if sys.argv[3] == "opencv" else Skimage()
    os.makedirs(sys.argv[4], exist_ok=True)
    start = time.process_time()
    area, n, nets = run(p, field, control, sys.argv[4])
    print("%s: %.2f s of CPU, %.2f s without start and reading; NETs %.0f µm², %d nuclei, %d NETs" % (sys.argv[3], time.process_time(), time.process_time() - start, area, n, nets))


if __name__ == "__main__":
    main()
