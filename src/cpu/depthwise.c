/* Depthwise convolutions: plain loops over taps. */
#include <string.h>

#include "base/compiler.h"
#include "base/threads.h"
#include "cpu/conv.h"
