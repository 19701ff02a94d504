"""Times of the kernels of SciPy and scikit-image on one volume: kernel, wall and CPU seconds, library.

usage: peers.py volume.mha truth.mha [repeats [kernel ...]]
The files are MetaImage as `explant convert` writes them; see kernels.md for the commands.
"""
import sys
import time

import numpy as np
import scipy.ndimage as nd
from skimage import filters, graph, measure, restoration


def read(path):
    header, data = open(path, "rb").read().split(b"ElementDataFile = LOCAL\n", 1)
    lines = dict(line.split(" = ", 1) for line in header.decode().strip().split("\n"))
    shape = [int(n) for n in lines["DimSize"].split()][::-1]
    kind = {"MET_USHORT": np.uint16, "MET_UCHAR": np.uint8}[lines["ElementType"]]
    return np.frombuffer(data, kind).reshape(shape)


def ball(r):
    z, y, x = np.ogrid[-r:r + 1, -r:r + 1, -r:r + 1]
    return x * x + y * y + z * z <= r * r


def selected(v):
    """Median of 3x3x3 voxels, exact, by selection among 27 shifted copies."""
    p = np.pad(v, 1, mode="edge")
    n = v.shape
    all27 = np.stack([p[i:i + n[0], j:j + n[1], k:k + n[2]] for i in range(3) for j in range(3) for k in range(3)])
    all27.partition(13, axis=0)
    return all27[13]


def main():
    v, labels = read(sys.argv[1]), read(sys.argv[2])
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    deposit = labels == 4
    solid = np.isin(labels, (2, 3))
    cost = 1 / np.maximum(nd.distance_transform_edt(~solid[:128, :128, :128]), 0.1) ** 2
    kernels = {
        "median3": ("scipy.ndimage.median_filter(size=3)", lambda: nd.median_filter(v, size=3)),
        "median3 (partition)": ("numpy.partition of 27 copies", lambda: selected(v)),
        "median5": ("scipy.ndimage.median_filter(size=5)", lambda: nd.median_filter(v, size=5)),
        "gaussian": ("scipy.ndimage.gaussian_filter(1.5)", lambda: nd.gaussian_filter(v, 1.5, output=np.float32)),
        "histogram": ("numpy.bincount", lambda: np.bincount(v.ravel(), minlength=65536)),
        "otsu3": ("skimage.filters.threshold_multiotsu, 256 bins", lambda: filters.threshold_multiotsu(v.astype(np.float32), 3)),
        "nlm": ("skimage.restoration.denoise_nl_means, fast", lambda: restoration.denoise_nl_means(
            v.astype(np.float32), patch_size=3, patch_distance=2, h=1600, sigma=2000, fast_mode=True)),
        "components": ("scipy.ndimage.label, bincount", lambda: np.bincount(nd.label(deposit, np.ones((3, 3, 3)))[0].ravel())),
        "distance": ("scipy.ndimage.distance_transform_edt", lambda: nd.distance_transform_edt(~deposit)),
        "opening": ("scipy.ndimage.binary_opening, 3x3x3", lambda: nd.binary_opening(solid, np.ones((3, 3, 3)))),
        "open-ball": ("distance_transform_edt twice, ball of 3", lambda: nd.distance_transform_edt(
            nd.distance_transform_edt(solid) <= 3) <= 3),
        "mesh": ("skimage marching_cubes, mesh_surface_area", lambda: measure.mesh_surface_area(
            *measure.marching_cubes(deposit.astype(np.float32), 0.5)[:2])),
        "euler": ("skimage.measure.euler_number", lambda: measure.euler_number(deposit, connectivity=3)),
        "resample": ("scipy.ndimage.zoom(order=1), 1:1:2 to cubes", lambda: nd.zoom(v[::2], (2, 1, 1), order=1)),
        "reslice": ("scipy.ndimage.affine_transform(order=1)", lambda: nd.affine_transform(
            v, [[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]], order=1)),
        "centreline": ("skimage.graph.route_through_array, 128^3", lambda: graph.route_through_array(
            cost, (0, 64, 64), (127, 64, 64), geometric=True)),
    }
    for name in sys.argv[4:] or kernels:
        library, run = kernels[name]
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            cpu = time.process_time()
            run()
            times.append((time.perf_counter() - start, time.process_time() - cpu))
        wall, cpu = (sorted(t)[len(t) // 2] for t in zip(*times))
        print(f"{name}\t{wall:.3f}\t{cpu:.3f}\t{library}", flush=True)


main()
