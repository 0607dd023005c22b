# libsokuji_testing.so: the library with the tests' hooks (tests/hooks/testing.h), from the same objects.
option(SOKUJI_TESTING "Build the library with the tests' hooks" ON)
if(SOKUJI_TESTING)
  add_library(sokuji_testing SHARED tests/hooks/testing.c $<TARGET_OBJECTS:sokuji_objects> ${SOKUJI_ISA_OBJECTS})
  target_include_directories(sokuji_testing PRIVATE src ${GENERATED} ${GENERATED}/include include)
  target_link_libraries(sokuji_testing PRIVATE m Threads::Threads)
  target_link_options(sokuji_testing PRIVATE -Wl,-Bsymbolic)
  add_dependencies(sokuji_testing generated)
endif()
