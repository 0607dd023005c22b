# Files compiled once per instruction set. Each build exports one constant table, named by the macros that the compiler sets, and
# src/cpu/isa.c chooses among them when the library starts. All builds give the same bits.
set(SOKUJI_PER_ISA src/cpu/gemm_f32.c src/cpu/gemm_f64.c ${GENERATED}/elementwise_loops.c)
foreach(candidate src/cpu/conv_f32.c src/cpu/conv_f64.c src/cpu/depthwise_f32.c src/cpu/reduce_loops.c src/cpu/normalize_loops.c
        src/cpu/optimizer_loops.c src/cpu/pool_loops.c src/cpu/random_loops.c src/cpu/linalg_vector.c src/cpu/conv_direct.c)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${candidate})
    list(APPEND SOKUJI_PER_ISA ${candidate})
  endif()
endforeach()

list(TRANSFORM SOKUJI_PER_ISA PREPEND ${CMAKE_SOURCE_DIR}/ REGEX "^src/")
list(REMOVE_ITEM CORE ${SOKUJI_PER_ISA})

set(SOKUJI_ISA_FLAGS_avx2 -mavx2 -mfma)
set(SOKUJI_ISA_FLAGS_avx512 -mavx2 -mfma -mavx512f -mavx512vl -mavx512dq -mavx512bw -mprefer-vector-width=512)
set(SOKUJI_ISA_BUILDS plain)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND SOKUJI_ISA_BUILDS avx2 avx512)
  set(SOKUJI_ISA_FLAGS_plain -Os) # for processors older than AVX2: small rather than fast
endif()

# Vectorised, but not unrolled and unswitched as -O3 would: the size of the library is part of its purpose.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(SOKUJI_ISA_OPTIMIZE -O2 -ftree-vectorize -fvect-cost-model=dynamic)
else()
  set(SOKUJI_ISA_OPTIMIZE -O2)
endif()

function(sokuji_add_isa_builds)
  set(objects)
  foreach(isa ${SOKUJI_ISA_BUILDS})
    add_library(sokuji_${isa} OBJECT ${SOKUJI_PER_ISA})
    target_include_directories(sokuji_${isa} PRIVATE src ${GENERATED} ${GENERATED}/include include)
    target_compile_options(sokuji_${isa} PRIVATE ${SOKUJI_ISA_OPTIMIZE} ${SOKUJI_ISA_FLAGS_${isa}})
    add_dependencies(sokuji_${isa} generated)
    list(APPEND objects $<TARGET_OBJECTS:sokuji_${isa}>)
  endforeach()
  set(SOKUJI_ISA_OBJECTS ${objects} PARENT_SCOPE)
endfunction()
