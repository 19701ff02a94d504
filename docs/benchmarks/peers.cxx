// Times of the kernels of ITK on one volume: kernel, wall and CPU seconds, filter.
// usage: peers volume.mha truth.mha [repeats]; see kernels.md for the commands.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

#include "itkBinaryBallStructuringElement.h"
#include "itkBinaryMorphologicalOpeningImageFilter.h"
#include "itkBinaryThresholdImageFilter.h"
#include "itkConnectedComponentImageFilter.h"
#include "itkDiscreteGaussianImageFilter.h"
#include "itkImageFileReader.h"
#include "itkLinearInterpolateImageFunction.h"
#include "itkMedianImageFilter.h"
#include "itkMultiThreaderBase.h"
#include "itkOtsuMultipleThresholdsImageFilter.h"
#include "itkRelabelComponentImageFilter.h"
#include "itkResampleImageFilter.h"
#include "itkSignedMaurerDistanceMapImageFilter.h"
#include "itkVersorTransform.h"

using Grey = itk::Image<unsigned short, 3>;
using Mask = itk::Image<unsigned char, 3>;
using Number = itk::Image<unsigned int, 3>;
using Real = itk::Image<float, 3>;

static int repeats = 3;

static double cpu() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void timed(const char* kernel, const char* filter, const std::function<void()>& run) {
  std::vector<double> wall, work;
  for (int i = 0; i < repeats; i++) {
    auto start = std::chrono::steady_clock::now();
    double from = cpu();
    run();
    work.push_back(cpu() - from);
    wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(wall.begin(), wall.end());
  std::sort(work.begin(), work.end());
  std::printf("%s\t%.3f\t%.3f\t%s\n", kernel, wall[repeats / 2], work[repeats / 2], filter);
  std::fflush(stdout);
}

template <class I> typename I::Pointer read(const char* path) {
  auto r = itk::ImageFileReader<I>::New();
  r->SetFileName(path);
  r->Update();
  return r->GetOutput();
}

static Mask::Pointer classes(Mask* labels, int lo, int hi) {
  auto f = itk::BinaryThresholdImageFilter<Mask, Mask>::New();
  f->SetInput(labels);
  f->SetLowerThreshold(lo);
  f->SetUpperThreshold(hi);
  f->SetInsideValue(1);
  f->Update();
  return f->GetOutput();
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  if (argc > 3) repeats = std::atoi(argv[3]);
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(2);
  auto grey = read<Grey>(argv[1]);
  auto labels = read<Mask>(argv[2]);
  auto deposit = classes(labels, 4, 4), solid = classes(labels, 2, 3);

  for (int r = 1; r <= 2; r++)
    timed(r == 1 ? "median3" : "median5", "MedianImageFilter", [&] {
      auto f = itk::MedianImageFilter<Grey, Grey>::New();
      Grey::SizeType size;
      size.Fill(r);
      f->SetRadius(size);
      f->SetInput(grey);
      f->Update();
    });
  timed("gaussian", "DiscreteGaussianImageFilter, sigma 1.5", [&] {
    auto f = itk::DiscreteGaussianImageFilter<Grey, Real>::New();
    f->SetVariance(2.25);
    f->SetUseImageSpacing(false);
    f->SetInput(grey);
    f->Update();
  });
  timed("otsu3", "OtsuMultipleThresholdsImageFilter, 256 bins", [&] {
    auto f = itk::OtsuMultipleThresholdsImageFilter<Grey, Mask>::New();
    f->SetNumberOfThresholds(2);
    f->SetNumberOfHistogramBins(256);
    f->SetInput(grey);
    f->Update();
  });
  timed("components", "ConnectedComponentImageFilter, RelabelComponentImageFilter", [&] {
    auto f = itk::ConnectedComponentImageFilter<Mask, Number>::New();
    f->FullyConnectedOn();
    f->SetInput(deposit);
    auto s = itk::RelabelComponentImageFilter<Number, Number>::New();
    s->SetInput(f->GetOutput());
    s->Update();
  });
  timed("distance", "SignedMaurerDistanceMapImageFilter", [&] {
    auto f = itk::SignedMaurerDistanceMapImageFilter<Mask, Real>::New();
    f->SquaredDistanceOff();
    f->SetInput(deposit);
    f->Update();
  });
  timed("open-ball", "BinaryMorphologicalOpeningImageFilter, ball of 3", [&] {
    using Ball = itk::BinaryBallStructuringElement<unsigned char, 3>;
    Ball ball;
    ball.SetRadius(3);
    ball.CreateStructuringElement();
    auto f = itk::BinaryMorphologicalOpeningImageFilter<Mask, Mask, Ball>::New();
    f->SetKernel(ball);
    f->SetForegroundValue(1);
    f->SetInput(solid);
    f->Update();
  });
  timed("reslice", "ResampleImageFilter, linear", [&] {
    auto t = itk::VersorTransform<double>::New();
    itk::Versor<double> turn;
    turn.SetRotationAroundZ(0.6435);
    t->SetRotation(turn);
    auto f = itk::ResampleImageFilter<Grey, Grey>::New();
    f->SetInput(grey);
    f->SetTransform(t);
    f->UseReferenceImageOn();
    f->SetReferenceImage(grey);
    f->Update();
  });
  return 0;
}
