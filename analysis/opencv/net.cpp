#include "net.h"

#include <cstring>
#include <exception>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

static void keep(char *err, size_t n, const char *text) {
    if (n > 0) {
        strncpy(err, text, n - 1);
        err[n - 1] = 0;
    }
}

void *explant_net_read(const char *onnx, size_t n, char *err, size_t errn) {
    try {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); // what is wrong comes as an exception
        cv::dnn::Net net = cv::dnn::readNetFromONNX(onnx, n);
        if (net.empty()) {
            keep(err, errn, "the network has no layer");
            return nullptr;
        }
        net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        return new cv::dnn::Net(net);
    } catch (const std::exception &e) {
        keep(err, errn, e.what());
    } catch (...) {
        keep(err, errn, "unknown error");
    }
    return nullptr;
}

int explant_net_forward(void *net, const float *in, int c, int h, int w, float *out, size_t room, int dims[4], char *err, size_t errn) {
    try {
        int size[4] = {1, c, h, w};
        cv::Mat blob(4, size, CV_32F, const_cast<float *>(in));
        cv::dnn::Net *n = static_cast<cv::dnn::Net *>(net);
        n->setInput(blob);
        cv::Mat got = n->forward();
        if (got.dims != 4 || got.type() != CV_32F || !got.isContinuous() || got.total() > room) {
            keep(err, errn, "the result is no picture of at most as many classes as are stated");
            return 1;
        }
        for (int k = 0; k < 4; k++) dims[k] = got.size[k];
        memcpy(out, got.ptr<float>(), got.total() * sizeof(float));
        return 0;
    } catch (const std::exception &e) {
        keep(err, errn, e.what());
    } catch (...) {
        keep(err, errn, "unknown error");
    }
    return 1;
}

void explant_net_close(void *net) {
    try {
        delete static_cast<cv::dnn::Net *>(net);
    } catch (...) {
    }
}
