# What `make install` puts where: libraries, headers (the printed operations.h too), pkg-config files and a CMake package.
include(CMakePackageConfigHelpers)
install(TARGETS sokuji sokuji_static EXPORT SokujiTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES include/sokuji.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/sokuji DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN plot.h EXCLUDE
        PATTERN gzip.h EXCLUDE)
install(FILES ${GENERATED}/include/sokuji/operations.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sokuji)

# Packages that a static link needs too, by their pkg-config names.
set(SOKUJI_REQUIRES_PRIVATE "")
if(ZLIB_FOUND)
  string(APPEND SOKUJI_REQUIRES_PRIVATE " zlib")
endif()
configure_file(cmake/sokuji.pc.in sokuji.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sokuji.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET sokuji_plot)
  install(TARGETS sokuji_plot EXPORT SokujiTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES include/sokuji/plot.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sokuji)
  configure_file(cmake/sokuji-plot.pc.in sokuji-plot.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sokuji-plot.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

if(TARGET sokuji_io)
  install(TARGETS sokuji_io EXPORT SokujiTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES include/sokuji/gzip.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sokuji)
  configure_file(cmake/sokuji-io.pc.in sokuji-io.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sokuji-io.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

install(EXPORT SokujiTargets NAMESPACE Sokuji:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Sokuji)
configure_package_config_file(cmake/SokujiConfig.cmake.in SokujiConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Sokuji)
write_basic_package_version_file(SokujiConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/SokujiConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/SokujiConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Sokuji)
