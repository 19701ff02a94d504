"""A martius scarlet blue or H-DAB slide by scikit-image and by OpenCV-Python: the peers of explant analyze
--protocol slide-msb or slide-dab, with all steps of the protocol from the file to the pictures of a report.

usage: slides.py SLIDE.tif msb|dab skimage|opencv OUT [replicates]

Every step is written with what its package offers for it; pixels go through in strips of 1024 rows, which takes less time
and memory than the whole slide at once. Done as the protocol does: level of glass, directions of the stains (mean
shift on 256 windows), optical density, unmixing, tissue and classes by the rules, the same with half covered pixels and
with the thresholds one step up and down; on a copy with cells of 2 µm hollow fibres and bubbles (Hough), folds, ink;
outline of the section, layers about fibres, cover and bridges; class map with its pyramid, outlines as GeoJSON, the
table, the picture and a layer for each class. With "replicates" the 36 replicates of the jackknife are counted too; without, the
interval has no such term. Prints seconds, CPU seconds, the largest resident memory, and seconds by step.
"""
import json
import os
import resource
import sys
import time

import numpy as np
import tifffile

UM, STEP, STRIP = 1.0, 0.02, 1024
FIBRE, WALL, LAYERS = 190.0, 70.0, [10, 20, 40, 80, 160]
STAINS = {
    "msb": [[0.05, 0.25, 0.96695], [0.12, 0.78, 0.61417], [0.80, 0.55, 0.23979]],
    "dab": [[0.66504073, 0.61772484, 0.41968665], [0.4100872, 0.5751321, 0.70785]],
}
COLORS = [(230, 230, 230), (122, 156, 198), (37, 52, 148), (230, 171, 2), (215, 48, 31), (27, 158, 119), (247, 129, 191)]
INK, LUMEN, FIBRE_WALL, BUBBLE, FOLD = 10, 11, 12, 13, 14
times, began = {}, [time.time(), 0.0]


def lap(name):
    now = time.time()
    times[name] = times.get(name, 0) + now - began[0]
    began[0] = now


class Skimage:
    def read(self, path):
        return tifffile.imread(path)

    def smooth(self, px):
        from scipy.ndimage import convolve1d
        k = np.array([1, 2, 1])
        s = convolve1d(convolve1d(px.astype(np.uint16), k, axis=0, mode="mirror"), k, axis=1, mode="mirror")
        return ((s + 8) >> 4).astype(np.uint8)

    def density(self, px, i0):
        return -np.log10((px.astype(np.float32) + 1) / i0.astype(np.float32))

    def unmix(self, od, m):
        return od @ m.astype(np.float32)

    def reduce(self, px, side):
        from skimage.transform import downscale_local_mean
        return downscale_local_mean(px, (side, side, 1)).astype(np.float32)

    def circles(self, grey, radii, edge, share, apart, most):
        from skimage.feature import canny
        from skimage.transform import hough_circle, hough_circle_peaks
        edges = canny(grey, 1.0, edge, 2 * edge)
        votes = hough_circle(edges, radii)
        n, x, y, r = hough_circle_peaks(votes, radii, int(apart), int(apart), 0.4, total_num_peaks=most)
        return list(zip(x, y, r))

    def label(self, mask):
        from skimage.measure import label
        n = label(mask, connectivity=2)
        return n, np.bincount(n.ravel())

    def distance(self, mask):
        from scipy.ndimage import distance_transform_edt
        return distance_transform_edt(~mask)

    def shrink(self, a, w, h):
        from skimage.transform import resize
        return resize(a, (h, w) + a.shape[2:], order=1, anti_aliasing=True, preserve_range=True).astype(np.uint8)

    def contours(self, mask):
        from skimage.measure import find_contours
        return [c[:, ::-1] for c in find_contours(np.pad(mask, 1).astype(np.uint8), 0.5)]

    def save(self, path, a):
        from skimage.io import imsave
        imsave(path, a, check_contrast=False)


class OpenCV:
    def __init__(self):
        os.environ["OPENCV_IO_MAX_IMAGE_PIXELS"] = str(1 << 40)
        import cv2
        self.cv2 = cv2
        self.tables = {}

    def read(self, path):
        return self.cv2.cvtColor(self.cv2.imread(path, self.cv2.IMREAD_COLOR), self.cv2.COLOR_BGR2RGB)

    def smooth(self, px):
        return self.cv2.GaussianBlur(px, (3, 3), 0)

    def density(self, px, i0):
        if px.dtype != np.uint8:
            return -np.log10((px + 1) / i0.astype(np.float32))
        key = tuple(i0)
        if key not in self.tables:
            t = -np.log10((np.arange(256)[:, None] + 1) / i0[None, :])
            self.tables[key] = t.astype(np.float32)[None]
        return self.cv2.LUT(px, self.tables[key])

    def unmix(self, od, m):
        return self.cv2.transform(od, m.T.astype(np.float32))

    def reduce(self, px, side):
        h, w = px.shape[:2]
        return self.cv2.resize(px.astype(np.float32), (-(-w // side), -(-h // side)), interpolation=self.cv2.INTER_AREA)

    def circles(self, grey, radii, edge, share, apart, most):
        g = np.clip(grey * 255, 0, 255).astype(np.uint8)
        c = self.cv2.HoughCircles(g, self.cv2.HOUGH_GRADIENT, 1, float(apart), param1=max(510 * edge * 4, 20), param2=2 * np.pi * radii[0] * share,
                                  minRadius=int(radii[0]), maxRadius=int(radii[-1]))
        return [] if c is None else [tuple(v) for v in c.reshape(-1, 3)[:most]]

    def label(self, mask):
        n, labels, stats, _ = self.cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
        return labels, stats[:, 4]

    def distance(self, mask):
        return self.cv2.distanceTransform((~mask).astype(np.uint8), self.cv2.DIST_L2, self.cv2.DIST_MASK_PRECISE)

    def shrink(self, a, w, h):
        return self.cv2.resize(a, (w, h), interpolation=self.cv2.INTER_AREA)

    def contours(self, mask):
        found, _ = self.cv2.findContours(mask.astype(np.uint8), self.cv2.RETR_CCOMP, self.cv2.CHAIN_APPROX_SIMPLE)
        return [c[:, 0] for c in found]

    def save(self, path, a):
        if a.shape[2] == 4:
            a = self.cv2.cvtColor(a, self.cv2.COLOR_RGBA2BGRA)
        else:
            a = self.cv2.cvtColor(a, self.cv2.COLOR_RGB2BGR)
        self.cv2.imwrite(path, a)


def glass(parts, jackknife):
    """Levels of glass of the slide and without each block, from the histograms (256 levels x n, sums) of blocks."""
    def level(t):
        n = t[:, 0].copy()
        n[:200] = 0
        peak = int(np.argmax(np.convolve(n, [1, 2, 3, 2, 1], "same")))
        near = slice(max(peak - 6, 0), min(peak + 7, 255))
        return t[near, 1:].sum(0) / max(t[near, 0].sum(), 1)
    whole = parts.sum(0)
    return level(whole), [level(whole - p) for p in parts if p[200:, 0].any()] if jackknife else []


def tones(parts, px, y0, h, w):
    """Adds the strip to the histograms of the 6 x 6 blocks."""
    lo, hi = px.min(2), px.max(2)
    ok = (hi - lo <= 30) & (lo > 0) & (hi < 255)
    rows = (np.arange(y0, y0 + len(px)) * 6 // h)
    for by in np.unique(rows):
        for bx in range(6):
            at = np.s_[rows.searchsorted(by):rows.searchsorted(by, "right"), bx * w // 6:(bx + 1) * w // 6]
            sel = ok[at]
            l, v = lo[at][sel], px[at][sel]
            t = parts[by * 6 + bx]
            t[:, 0] += np.bincount(l, minlength=256)
            for c in range(3):
                t[:, 1 + c] += np.bincount(l, v[:, c], 256)


def directions(lib, px, kind, i0):
    """The mean direction of dense pixels near each of the profile's stains, until it rests."""
    h, w = px.shape[:2]
    ys, xs = (np.arange(16) * 2 + 1) * h // 32, (np.arange(16) * 2 + 1) * w // 32
    od = np.concatenate([lib.density(px[y - 32:y + 32, x - 32:x + 32].copy(), i0).reshape(-1, 3) for y in ys for x in xs])
    od = od[(od * od).sum(1) >= 0.35 ** 2]
    unit = od / np.linalg.norm(od, axis=1, keepdims=True)
    out = []
    for start in np.array(STAINS[kind]):
        d, reach = start, 8
        for _ in range(50):
            near = unit[unit @ d > np.cos(np.radians(reach))]
            if len(near) < 300:
                d = start
                break
            new = near.mean(0) / np.linalg.norm(near.mean(0))
            still, d, reach = new @ d > 1 - 1e-9, new, 5
            if still:
                break
        out.append(d if d @ start > np.cos(np.radians(10)) else start)
    if len(out) == 2:
        c = np.cross(out[0], out[1])
        out.append(c / np.linalg.norm(c))
    return np.linalg.inv(np.array(out))


def classes(kind, od, a, step=0.0, half=False, shift=None):
    """Class of each pixel: 0 glass, 1 other, 2.. the classes, 6 unclassified."""
    mean = od.mean(-1)
    if shift is not None:
        mean = mean - shift[0]
        a = a - shift[1]
    out = np.where(mean < (0.05 if kind == "msb" else 0.03), 0, 1).astype(np.uint8)
    tissue = out > 0
    if kind == "dab":
        out[tissue & (a[..., 1] >= 0.25 * (0.84 if half else 1) + step)] = 2
        return out
    total = a.sum(-1)
    y, r, b = a[..., 0], a[..., 1], a[..., 2]
    k = (0.74, 0.62, 0.71, 0.64) if half else (1, 1, 1, 1)
    rules = [
        (mean >= 0.38 * k[0] + step) & (b >= 0.5 * total) & (b <= 0.82 * total) & (y <= 0.3 * total) & (r <= 0.44 * total),
        (y >= 0.32 * k[1] + step) & (y >= 0.4 * total) & (r >= -0.15 * total) & (b <= 0.35 * total),
        (r >= 0.34 * k[2] + step) & (r >= 0.5 * total),
        (b >= 0.28 * k[3] + step) & (b >= 0.75 * total) & (y <= 0.3 * total),
        total <= 0.5,
    ]
    out[tissue] = 6
    for value, rule in reversed(list(zip((2, 3, 4, 5, 1), rules))):
        out[tissue & rule] = value
    return out


def pieces(lib, mask, least, reach, um):
    """The mask in pieces of at least that area, with what is within reach."""
    if not mask.any():
        return mask
    n, sizes = lib.label(mask)
    keep = sizes * um * um >= least
    keep[0] = False
    mask = keep[n]
    return lib.distance(mask) * um <= reach if mask.any() else mask


def structures(lib, small, kind, m, i0, um):
    """Label values of excluded cells, and fibres as (x, y, r) in cells."""
    from scipy.ndimage import uniform_filter
    od = lib.density(small, i0)
    mean = od.mean(-1)
    mask = np.zeros(mean.shape, np.uint8)
    faint = np.clip(mean, 0, 0.1)
    h, w = (mean.shape[0] // 2 * 2, mean.shape[1] // 2 * 2)
    half = faint[:h, :w].reshape(h // 2, 2, w // 2, 2).mean((1, 3))
    r = FIBRE / um / 2
    radii = np.arange(0.93 * r, 1.07 * r)
    fibres = []
    for x, y, c in lib.circles(half * 10, radii, 0.02, 0.09, 0.7 * r, 400):
        t = np.linspace(0, 2 * np.pi, 96, endpoint=False)
        u, v = np.round(x + (c - 4) * np.cos(t)).astype(int), np.round(y + (c - 4) * np.sin(t)).astype(int)
        ok = (u >= 0) & (v >= 0) & (u < half.shape[1]) & (v < half.shape[0])
        if ok.sum() > 20 and (half[v[ok], u[ok]] <= 0.025).mean() >= 0.5:
            fibres.append((2 * x + 0.5, 2 * y + 0.5, 2 * c))
    lap("fibres")
    dark = np.clip(od.min(-1), 0, 0.5)
    dark = dark[:h, :w].reshape(h // 2, 2, w // 2, 2).mean((1, 3))
    bubbles = []
    for x, y, c in lib.circles(dark * 2, np.arange(3, 0.06 * min(dark.shape), 2), 0.1, 0.7, 6, 40):
        t = np.linspace(0, 2 * np.pi, 96, endpoint=False)
        at = [(np.clip(np.round(y + (c + d) * np.sin(t)).astype(int), 0, dark.shape[0] - 1), np.clip(np.round(x + (c + d) * np.cos(t)).astype(int), 0, dark.shape[1] - 1)) for d in (0, -3, 3)]
        rim = dark[at[0]]
        if ((rim >= 0.1) & (rim >= 0.05 + np.maximum(dark[at[1]], dark[at[2]]))).mean() >= 0.75:
            bubbles.append((2 * x + 0.5, 2 * y + 0.5, 2 * c + 4 / um))
    lap("bubbles")
    a = lib.unmix(od, m)
    black = (small.max(-1) <= 31)
    size = np.abs(a).sum(-1)
    colour = ~black & (mean >= 0.25) & (np.maximum(-a, 0).sum(-1) > 0.3 * size)
    mask[pieces(lib, black, 200, 5, um)] = INK
    mask[pieces(lib, colour, 4000, 5, um) & (mask == 0)] = INK
    if kind == "msb":
        c = classes(kind, od, a)
        c[black] = 0
        amount = np.choose(np.clip(c, 0, 6), [mean, a.sum(-1), mean, a[..., 0], a[..., 1], a[..., 2], a.sum(-1)])
        thick = np.zeros(mean.shape, np.float32)
        for k in range(1, 7):
            if (c == k).any():
                thick[c == k] = amount[c == k] >= (0.625 if k == 6 else 1.6 * np.median(amount[c == k]))
        side = max(round(8 / um), 1)
        tissue = uniform_filter((c > 0).astype(np.float32), 3 * side)
        share = uniform_filter(thick, 3 * side)
        fold = (share >= 0.25 * tissue) & (tissue >= 1 / 7) & (uniform_filter(thick, side) >= 0.15 * uniform_filter((c > 0).astype(np.float32), side))
        mask[pieces(lib, fold, 640, 2, um) & (mask == 0)] = FOLD
    lap("blots")
    return mask, fibres, bubbles


def paint(small_mask, side, y0, rows, w, fibres, bubbles):
    """Excluded label values of a strip of pixels; circles hold glass too."""
    out = np.repeat(np.repeat(small_mask[y0 // side:-(-(y0 + rows) // side)], side, 0)[y0 % side:y0 % side + rows], side, 1)[:, :w].copy()
    whole = np.zeros((rows, w), bool)
    for circles, value, less in ((bubbles, BUBBLE, 0), (fibres, FIBRE_WALL, 0), (fibres, LUMEN, WALL)):
        for x, y, r in circles:
            x, y, r = (x + 0.5) * side, (y + 0.5) * side, r * side - less
            lo, hi = max(int(y - r), y0), min(int(y + r) + 1, y0 + rows)
            for v in range(lo, hi):
                half = r * r - (v + 0.5 - y) ** 2
                if half > 0:
                    u = slice(max(int(x - half ** 0.5 + 0.5), 0), max(int(x + half ** 0.5 + 0.5), 0))
                    out[v - y0, u], whole[v - y0, u] = value, True
    return out, whole


def analyze(lib, path, kind, folder, jackknife):
    os.makedirs(folder, exist_ok=True)
    px = lib.read(path)
    h, w = px.shape[:2]
    lap("read")
    side = max(-(-max(h, w) // 2800), round(2 / UM))
    um = side * UM
    parts, small = np.zeros((36, 256, 4)), []
    block = STRIP // side * side
    for y in range(0, h, block):
        tones(parts, px[y:y + block], y, h, w)
        small.append(lib.reduce(px[y:y + block], side))
    i0, left = glass(parts, jackknife)
    small = np.concatenate(small)
    lap("glass")
    m = directions(lib, px, kind, i0)
    lap("directions")
    mask, fibres, bubbles = structures(lib, small, kind, m, i0, um)
    yy, xx = np.mgrid[:mask.shape[0], :mask.shape[1]]
    layer = np.full(mask.shape, len(LAYERS), np.uint8)
    away = np.full(mask.shape, np.inf, np.float32)
    for x, y, r in fibres:
        reach = int(r + LAYERS[-1] / um) + 1
        box = np.s_[max(int(y) - reach, 0):int(y) + reach + 1, max(int(x) - reach, 0):int(x) + reach + 1]
        away[box] = np.minimum(away[box], (np.hypot(xx[box] - x, yy[box] - y) - r) * um)
    layer = np.digitize(away, LAYERS).astype(np.uint8)
    labels = np.empty((h, w), np.uint8)
    tissue = np.zeros(mask.shape, np.float32)
    counts = np.zeros((4 + len(left), 256), np.int64)
    layered = np.zeros((len(LAYERS) + 1) * 256, np.int64)
    hist = np.zeros((7, 2001), np.int64)
    shifts = []
    for level in left:
        d = np.log10(i0 / level)
        shifts.append((np.float32(d.mean()), (d @ m).astype(np.float32)))
    lap("layers")
    for y in range(0, h, block):
        strip = px[y:y + block]
        if kind == "dab":
            lo, hi = max(y - 1, 0), min(y + block + 1, h)
            strip = lib.smooth(px[lo:hi])[y - lo:y - lo + len(strip)]
        od = lib.density(strip, i0)
        a = lib.unmix(od, m)
        black = strip.max(2) <= 31
        out, whole = paint(mask, side, y, len(strip), w, fibres, bubbles)
        for k, opts in enumerate([{}, {"half": True}, {"step": -STEP}, {"step": STEP}] + [{"shift": s} for s in shifts]):
            c = classes(kind, od, a, **opts)
            gone = whole | (out > 0) & (c > 0)
            c[black & (c > 0)] = INK
            c[gone] = out[gone]
            counts[k] += np.bincount(c.ravel(), minlength=256)
            if k == 0:
                labels[y:y + block] = c
        c = labels[y:y + block]
        for k in range(2, 6 if kind == "msb" else 3):
            of = c == k
            v = od.mean(-1)[of] if kind == "msb" and k == 2 else a[..., k - 3 if kind == "msb" else 1][of]
            hist[k] += np.bincount(np.clip((v + 0.5) / 0.002, 0, 2000).astype(int), minlength=2001)
        t = (c > 0) & (c < INK)
        tissue[y // side:-(-(y + len(strip)) // side)] = lib.reduce(t.astype(np.float32)[..., None], side).reshape(-1, mask.shape[1])
        near = np.repeat(np.repeat(layer[y // side:-(-(y + len(strip)) // side)], side, 0)[:len(strip)], side, 1)[:, :w]
        layered += np.bincount(near.ravel().astype(np.int32) * 256 + c.ravel(), minlength=len(layered))
    lap("classes")
    rows = [("share", k, 100 * counts[0, k] / max(counts[0, 1:7].sum(), 1)) for k in range(1, 7)]
    rows += [("half", k, counts[1, k]) for k in range(1, 7)] + [("step", k, counts[3, k] - counts[2, k]) for k in range(1, 7)]
    rows += [("median", k, np.searchsorted(np.cumsum(hist[k]), hist[k].sum() / 2) * 0.002 - 0.5) for k in range(2, 6)]
    rows += [("layer", k, v) for k, v in enumerate(layered) if v]
    for k in range(1, 7) if len(left) > 8 else []:
        v = counts[4:, k] / counts[4:, 1:7].sum(1)
        rows.append(("interval", k, 200 * np.sqrt((len(v) - 1) * v.var())))
    dense = tissue >= 0.5
    n, sizes = lib.label(dense)
    touch = np.zeros(len(sizes), int)
    seen = covered = 0
    t = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    for x, y, r in fibres:
        reach = int(r + 12 / um) + 1
        box = np.s_[max(int(y) - reach, 0):int(y) + reach + 1, max(int(x) - reach, 0):int(x) + reach + 1]
        touch[np.unique(n[box][np.hypot(xx[box] - x, yy[box] - y) <= r + 12 / um])] += 1
        on, has = np.zeros(720, bool), np.zeros(720, bool)
        for d in np.arange(0, 12 / um + 0.1, 0.5):
            u, v = (x + (r + d) * np.cos(t)).astype(int), (y + (r + d) * np.sin(t)).astype(int)
            ok = (u >= 0) & (v >= 0) & (u < dense.shape[1]) & (v < dense.shape[0])
            on |= ok if d == 0 else False
            has[ok] |= dense[v[ok], u[ok]]
        seen, covered = seen + on.sum(), covered + (on & has).sum()
    big = sizes * um * um >= 500
    big[0] = False
    rows += [("fibres", 0, len(fibres)), ("cover", 0, 100 * covered / max(seen, 1)), ("bridges", 0, 100 * (touch[big] >= 2).mean() if big.any() else 0)]
    lap("around fibres")
    if kind == "msb":
        cell = max(round(5 / UM), -(-max(h, w) // 2048))
        section = lib.reduce(((labels > 0) & (labels < INK)).astype(np.float32)[..., None], cell).reshape(-(-h // cell), -1) >= 0.5
        section = lib.distance(section) * cell * UM <= 25
        for value in (False, True):
            n, sizes = lib.label(section == value)
            edge = np.unique(np.concatenate([n[0], n[-1], n[:, 0], n[:, -1]]))
            gone = sizes * (cell * UM) ** 2 < 50000
            gone[edge], gone[0] = False, False
            section[gone[n]] = not value
        rows.append(("section", 0, section.mean() * 100))
        lap("section")
    with tifffile.TiffWriter(folder + "/labels.ome.tif") as f:
        levels = [labels]
        while max(levels[-1].shape) > 512:
            levels.append(levels[-1][::2, ::2])
        for k, l in enumerate(levels):
            more = {"subifds": len(levels) - 1} if k == 0 else {"subfiletype": 1}
            f.write(l, tile=(512, 512), compression="zlib", **more)
    lap("class map")
    step = -(-max(h, w) // 2400)
    view = labels[step // 2::step, step // 2::step]
    features = []
    for k in np.unique(view)[1:]:
        rings = [(c * step).tolist() for c in lib.contours(view == k) if len(c) > 3]
        features.append({"type": "Feature", "properties": {"class": int(k)}, "geometry": {"type": "MultiPolygon", "coordinates": [[r] for r in rings]}})
    with open(folder + "/classes.geojson", "w") as f:
        json.dump({"type": "FeatureCollection", "features": features}, f)
    lap("outlines")
    shown = np.concatenate([lib.reduce(px[y:y + step * 256], step) for y in range(0, h, step * 256)]).astype(np.uint8)
    scale = min(1800 / max(shown.shape), 1)
    size = int(shown.shape[1] * scale), int(shown.shape[0] * scale)
    lib.save(folder + "/field.jpg", lib.shrink(shown, *size))
    for k in range(1, 7 if kind == "msb" else 3):
        alpha = lib.shrink(((view == k) * 255).astype(np.uint8), *size)
        if alpha.any():
            lib.save(f"{folder}/layer{k}.png", np.dstack([np.broadcast_to(np.uint8(COLORS[k]), alpha.shape + (3,)), alpha]))
    with open(folder + "/measurements.csv", "w") as f:
        f.writelines("%s,%d,%.4f\n" % r for r in rows)
    lap("pictures")
    return rows


if __name__ == "__main__":
    path, kind, peer, folder = sys.argv[1:5]
    start, cpu = time.time(), time.process_time()
    lib = OpenCV() if peer == "opencv" else Skimage()
    began[0] = start
    rows = analyze(lib, path, kind, folder, "replicates" in sys.argv[5:])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{peer} {kind} {os.path.basename(path)}: {time.time() - start:.1f} s, {time.process_time() - cpu:.1f} CPU s, {used.ru_maxrss / 1024:.0f} MiB")
    print("  " + ", ".join(f"{k} {v:.1f}" for k, v in times.items()))
    print("  " + ", ".join(f"{k}{n} {v:.2f}" for k, n, v in rows if k in ("share", "fibres", "cover", "bridges", "section")))
