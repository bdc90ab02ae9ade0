# cmake -DENUMERATOR=russian -DFOLDER=... -DOUT=... -P embed.cmake: writes a source file that holds every JSON file of FOLDER
# and makes them known.
file(GLOB files ${FOLDER}/*.json)
list(SORT files)
set(parts "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  get_filename_component(tag ${FOLDER} NAME)
  file(READ ${file} text)
  string(APPEND parts "    {\"${tag}/${name}\", R\"faultline(${text})faultline\"},\n")
endforeach()
file(WRITE ${OUT} "// Made by models/language/embed.cmake.
#include \"sim/registry/language.hpp\"

namespace faultline::models {
namespace {

const sim::LanguageRegistration registered{sim::Language::${ENUMERATOR}, {
${parts}}};

}  // namespace
}  // namespace faultline::models
")
