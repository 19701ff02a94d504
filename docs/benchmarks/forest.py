"""Pixel classification by scikit-learn's random forest on features of scikit-image and SciPy: the peer of explant train
and explant analyze --classifier.

usage: forest.py make DIR [SIDE]      write train.tif, test.tif (16-bit grey) and regions.geojson
       forest.py run DIR [SAMPLES]    train on about SAMPLES labelled pixels, classify test.tif, print CPU seconds

Both sides: 30 features (grey, contrast, and at four scales smoothed grey, gradient, Laplacian, two eigenvalues of the
structure tensor, two of the Hessian), 100 trees, leaves of two samples, sqrt(features) tried at a node, two cores.
"""
import json
import os
import sys
import time

import numpy as np

SIGMAS = [1, 2.24, 4.58, 9.22]
CELL = 64


def classes(side):
    y, x = np.mgrid[:side, :side] // CELL
    return (x + 2 * y) % 4


def picture(side, seed):
    """Four textures of nearly the same grey in cells of a board."""
    from scipy import ndimage as nd
    r = np.random.default_rng(seed)
    out = np.zeros((side, side))
    for k, sigma in enumerate([0, 1, 2, 4]):
        t = r.standard_normal((side, side))
        t = nd.gaussian_filter(t, sigma) if sigma else t
        out += (classes(side) == k) * (20000 + 300 * k + 2500 * t / t.std())
    return np.clip(out, 0, 65535).astype(np.uint16)


def make(folder, side):
    import tifffile
    os.makedirs(folder, exist_ok=True)
    for name, seed in ("train", 1), ("test", 2):
        tifffile.imwrite(os.path.join(folder, name + ".tif"), picture(side, seed))
    features = []
    for y in range(0, side, CELL):
        for x in range(0, side, CELL):
            ring = [[x + 4, y + 4], [x + CELL - 4, y + 4], [x + CELL - 4, y + CELL - 4], [x + 4, y + CELL - 4], [x + 4, y + 4]]
            features.append({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
                             "properties": {"classification": {"name": "texture %d" % classes(side)[y, x]}}})
    with open(os.path.join(folder, "regions.geojson"), "w") as f:
        json.dump({"type": "FeatureCollection", "features": features}, f)


def features(image):
    from scipy import ndimage as nd
    from skimage import feature
    v = image.astype(np.float32)
    out = [v]
    for s in SIGMAS:
        g = nd.gaussian_filter(v, s)
        gy, gx = np.gradient(g)
        out += [g, np.hypot(gx, gy), nd.laplace(g)]
        tensor = [nd.gaussian_filter(p, s) for p in (gy * gy, gy * gx, gx * gx)]
        out += list(feature.structure_tensor_eigenvalues(tensor))
        hyy, hyx = np.gradient(gy)
        out += list(feature.hessian_matrix_eigvals([hyy, hyx, np.gradient(gx)[1]]))
    out.append(v - nd.gaussian_filter(v, SIGMAS[-1]))
    return np.stack(out, axis=-1)


def clock():
    t = os.times()
    return time.time(), t.user + t.system + t.children_user + t.children_system


def run(folder, samples):
    import tifffile
    from sklearn.ensemble import RandomForestClassifier
    image = tifffile.imread(os.path.join(folder, "train.tif"))
    side = image.shape[0]
    y, x = np.mgrid[:side, :side] % CELL
    drawn = np.flatnonzero((np.minimum(x, y) >= 4) & (np.maximum(x, y) < CELL - 4))
    pick = np.random.default_rng(1).choice(drawn, min(samples, len(drawn)), replace=False)
    steps = [("start", clock())]
    table = features(image).reshape(-1, 30)[pick]
    steps.append(("features of training", clock()))
    forest = RandomForestClassifier(100, min_samples_leaf=2, max_features="sqrt", class_weight="balanced", n_jobs=2, oob_score=True, random_state=1)
    forest.fit(table, classes(side).ravel()[pick])
    steps.append(("forest", clock()))
    test = tifffile.imread(os.path.join(folder, "test.tif"))
    table = features(test).reshape(-1, 30)
    steps.append(("features of the picture", clock()))
    got = forest.predict(table)
    steps.append(("classes of the picture", clock()))
    for (_, a), (name, b) in zip(steps, steps[1:]):
        print("%-25s wall %7.2f s  CPU %7.2f s" % (name, b[0] - a[0], b[1] - a[1]))
    print("out of bag %.3f, wrong in the picture %.3f" % (1 - forest.oob_score_, np.mean(got != classes(side).ravel())))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("make", "run"):
        sys.exit(__doc__)
    number = int(sys.argv[3]) if len(sys.argv) > 3 else {"make": 1024, "run": 50000}[sys.argv[1]]
    {"make": make, "run": run}[sys.argv[1]](sys.argv[2], number)
