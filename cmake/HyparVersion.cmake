# cmake -D ROOT=<sources> -D LIST=<file> -D OUTPUT=<file.cpp> -P HyparVersion.cmake
#
# Writes a function that returns a hash of the files of LIST, one path a line: of their paths below ROOT and of what is
# in them.
file(STRINGS "${LIST}" files ENCODING UTF-8)
list(SORT files)
set(all "")
foreach(file IN LISTS files)
  file(SHA256 "${file}" hash)
  file(RELATIVE_PATH path "${ROOT}" "${file}")
  string(APPEND all "${path} ${hash}\n")
endforeach()
string(SHA256 version "${all}")
string(SUBSTRING "${version}" 0 16 version)
file(WRITE "${OUTPUT}" "#include \"sweep/results/models_version.h\"

namespace hypar {

std::string models_version() { return \"${version}\"; }

}  // namespace hypar
")
