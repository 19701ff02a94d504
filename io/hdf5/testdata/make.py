# Writes the HDF5 files of the tests: python3 make.py, with h5py 3.7.0 and HDF5 1.10.8.
# Sample i of an array, in C order, is i*7 + 3, cut to its type.
import json
import h5py
import numpy as np


def ramp(shape, dtype):
    return (np.arange(int(np.prod(shape))) * 7 + 3).reshape(shape).astype(dtype)


def letters(s):
    return np.array([c.encode() for c in s], dtype="S1")


with h5py.File("nexus.h5", "w") as f:
    packed = dict(chunks=(2, 3, 4), compression="gzip", shuffle=True)
    f.create_dataset("entry1/tomo/data", data=ramp((5, 7, 9), "<f4"), **packed)
    f["entry1/tomo/rotation"] = np.arange(4.0)
    f["entry1/title"] = "a scan"
with h5py.File("exchange.h5", "w") as f:
    f["exchange/data"] = ramp((5, 6, 8), ">u2")
    f["exchange/data_white"] = ramp((2, 6, 8), "<u2")
    f["exchange/theta"] = np.arange(5.0)
with h5py.File("fiji.h5", "w") as f:
    for c in range(2):
        d = f.create_dataset("t0/channel%d" % c, data=ramp((4, 5, 6), "u1") + c)
        d.attrs["element_size_um"] = np.array([3.0, 1.5, 1.25])
with h5py.File("ilastik.h5", "w") as f:
    d = f.create_dataset("exported_data", data=ramp((6, 5, 4, 2), "<u2"), chunks=(3, 3, 3, 1))
    d.attrs["axistags"] = json.dumps({"axes": [{"key": k} for k in "xyzc"]})
with h5py.File("imaris.ims", "w") as f:
    info = f.create_group("DataSetInfo/Image")
    for k, v in {"Unit": "um", "ExtMin0": "-2", "ExtMin1": "0", "ExtMin2": "10", "ExtMax0": "3", "ExtMax1": "7", "ExtMax2": "20"}.items():
        info.attrs[k] = letters(v)
    f.create_group("DataSetInfo/Channel 0").attrs["Name"] = letters("CD41")
    f.create_group("DataSetInfo/Channel 1").attrs["Name"] = letters("fibrin")
    for level, (n, padded) in enumerate([((5, 7, 10), (8, 8, 16)), ((3, 4, 5), (4, 4, 8))]):
        for c in range(2):
            g = f.create_group("DataSet/ResolutionLevel %d/TimePoint 0/Channel %d" % (level, c))
            g.create_dataset("Data", data=ramp(padded, "u1") + c, chunks=(4, 4, 8), compression="gzip")
            for a, axis in enumerate("ZYX"):
                g.attrs["ImageSize" + axis] = letters(str(n[a]))
with h5py.File("several.h5", "w") as f:
    f["a/first"] = ramp((3, 4), "u1")
    f["b"] = ramp((3, 4, 5), "<i2")
    f["text"] = "nothing"
    f["c/int64"] = ramp((3, 4), "<i8") - 20
    f["c/half"] = ramp((3, 4), "<f2")
    f["c/signed"] = ramp((3, 4), "i1")
    f["c/big"] = ramp((3, 4), ">f8")
    f["c/line"] = ramp((4,), "u1")
    f["c/complex"] = ramp((3, 4), "<c8")
    f["c/five"] = ramp((2, 3, 2, 3, 5), "u1")
    f.create_dataset("c/empty", shape=(100000, 100000), dtype="u1", chunks=(100, 100))
    f.create_dataset("c/beside", shape=(3, 4), dtype="u1", external=[("beside.raw", 0, 12)])
