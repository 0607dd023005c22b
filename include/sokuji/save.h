/*
 * Saving and restoring variables by name, in NumPy's .npz format (npy.h): any tool that reads it can read them.
 *
 * 	sj_variables_save("model.npz", n, variables);
 * 	sj_variables_restore("model.npz", n, variables);
 */
#ifndef SOKUJI_SAVE_H
#define SOKUJI_SAVE_H

#include <sokuji/variable.h>

SJ_BEGIN_DECLARATIONS

/*
 * Writes the values of n variables under their names, which must be different and not empty. The file is replaced whole, or holds
 * what it held before. The error also sticks; refused while an error sticks.
 */
SJ_PUBLIC sj_status sj_variables_save(const char *path, int n, sj_tensor *const *variables);

/*
 * Assigns the values found under the variables' names. Everything is read and checked first: on failure no variable has changed.
 * NotFound for a name that the file lacks, InvalidArgument for another shape or dtype, DataLoss for a damaged file. What else the
 * file holds is left alone. Variables without a value yet get one. The error also sticks; refused while an error sticks.
 */
SJ_PUBLIC sj_status sj_variables_restore(const char *path, int n, sj_tensor *const *variables);

SJ_END_DECLARATIONS

#endif
