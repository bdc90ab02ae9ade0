/// What the declarations ask of a language, held against what the language has: for the test that
/// keeps translations complete, and for whoever writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/registry/language.hpp"

namespace faultline::sim {

/// A text that is shown to people.
struct RequiredText {
  std::string file;     ///< Where its translation should stand: "eviction.json".
  std::string section;  ///< One of namespace `section`.
  std::string scope;    ///< "eviction.arc"; empty: of everything.
  std::string key;      ///< The English text, or the name.
  std::string about;    ///< What it is: "eviction arc: summary".
};

/// What is declared elsewhere than in types.
struct DeclaredParams {
  std::string scope;
  const ParamSet* params = nullptr;
};

/// Of all registered types, of `others`, of the fixed texts in sim/registry and of the names of
/// measured values, each once, in a fixed order.
std::vector<RequiredText> required_texts(const std::vector<DeclaredParams>& others,
                                         const std::vector<std::string>& statistics,
                                         const std::vector<std::string>& reasons);

/// Those of `required` that `language` has no entry for. English needs none.
std::vector<RequiredText> missing_texts(Language language,
                                        const std::vector<RequiredText>& required);

/// The entries of `language` that none of `required` is answered with.
std::vector<Translation> stale_translations(Language language,
                                            const std::vector<RequiredText>& required);

/// `missing` as lines to be put into the files: a heading for each file and section, then
/// `"key": "",`.
std::string lines_to_add(Language language, const std::vector<RequiredText>& missing);

}  // namespace faultline::sim
