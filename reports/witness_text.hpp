/// What checkers of histories say, in the language of a page. They say it in English, in sentences
/// of few forms, which are known by their form here: a checker stands below the reports and knows
/// no language.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reports/phrases.hpp"

namespace faultline::reports {

/// The sentence of a witness (Witness::why), or the reason for no verdict, about a history of reads
/// and writes; nothing if its form is not known. Names of models in it stay as files write them.
std::optional<std::string> checker_sentence(std::string_view english, Language language);

/// An operation as a witness names it: "read 5: 3", "write 5 = 3". Others stay as they are.
std::string checker_operation(std::string_view english, Language language);

}  // namespace faultline::reports
