/* Sokuji: define-by-run deep learning in C. All public headers. */
#ifndef SOKUJI_H
#define SOKUJI_H

#include <sokuji/status.h>
#include <sokuji/settings.h>
#include <sokuji/dtype.h>
#include <sokuji/tensor.h>
#include <sokuji/scope.h>
#include <sokuji/variable.h>
#include <sokuji/execute.h>
#include <sokuji/operations.h>
#include <sokuji/nn_functions.h>
#include <sokuji/losses.h>
#include <sokuji/linalg_functions.h>
#include <sokuji/array_functions.h>
#include <sokuji/reduce_functions.h>
#include <sokuji/tape.h>
#include <sokuji/callable.h>
#include <sokuji/graph.h>
#include <sokuji/indexed_slices.h>
#include <sokuji/update.h>
#include <sokuji/optimizer.h>
#include <sokuji/clip.h>
#include <sokuji/schedule.h>
#include <sokuji/metrics.h>
#include <sokuji/layers.h>
#include <sokuji/memory.h>
#include <sokuji/output.h>
#include <sokuji/clock.h>
#include <sokuji/progress.h>
#include <sokuji/random.h>
#include <sokuji/dataset.h>
#include <sokuji/npy.h>
#include <sokuji/idx.h>
#include <sokuji/csv.h>
#include <sokuji/save.h>
#include <sokuji/checkpoint.h>
#include <sokuji/records.h>
#include <sokuji/inflate.h>

#endif
