/* What settings say that other rooms look at. */
#ifndef SOKUJI_BASE_SETTINGS_H
#define SOKUJI_BASE_SETTINGS_H

#include "base/compiler.h"

/* sj_set_zero_gradients */
extern SJ_HIDDEN int sj__zero_gradients;

#endif
