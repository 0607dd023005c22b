/* The public face of this room's settings. */
#include "base/settings.h"

#include "base/memory.h"
#include "base/threads.h"
#include "sokuji/settings.h"

int sj__zero_gradients = 1;
void sj_set_zero_gradients(bool zero) { sj__zero_gradients = zero; }

const char *sj_version(void) { return "0.1.0"; }

void sj_set_threads(int n) { sj__set_threads(n); }
int sj_threads(void) { return sj__threads(); }

void sj_set_memory_limit(int64_t n_bytes) { sj__memory_set_limit(n_bytes); }
int64_t sj_memory_limit(void) { return sj__memory_limit(); }
int64_t sj_memory_in_use(void) { return sj__memory_in_use(); }
int64_t sj_memory_peak(void) { return sj__memory_peak(); }
void sj_memory_trim(void) { sj__memory_trim(); }

void sj_cancel(void) { sj__cancel(); }
void sj_cancel_clear(void) { sj__cancel_clear(); }
