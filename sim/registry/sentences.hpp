/// What is said of files and runs ("expected at least 1, got 0") in the languages of the program.
///
/// Such a sentence is made, in English, where something is found wrong, with names and values in
/// it. Its translation stands in models/language in the section "sentences", under the sentence
/// with
/// `{}` for what varies, and is found again by that:
///
///   "expected at least {}, got {}": "ожидается не меньше {}, дано {}"
///
/// Rule: of the entries whose fixed parts a sentence has, in their order, the one with the longest
/// fixed parts is taken; what stands for a `{}` is never empty and holds whole quotations only. It
/// is translated in its turn, as a sentence or as what a declaration says, unless it stands in
/// quotes. Sentences with a semicolon or a colon between them are translated one by
/// one. Names and values of a file stay as they are. In a translation `{=}` leaves what varies as
/// it stands, `{#}` is the name of a kind, and `{0}`, `{1}` put it in another order. What has no
/// entry stays English.
///
/// All functions may be called from several threads.
#pragma once

#include <string>
#include <string_view>

#include "sim/param/problem.hpp"
#include "sim/registry/language.hpp"

namespace faultline::sim {

namespace section {
inline constexpr std::string_view sentences = "sentences";  ///< By the sentence with {} in it.
}  // namespace section

/// `english` in `language`: one sentence, or one a line.
std::string sentence_text(std::string_view english, Language language);

/// The same problem with message and hint in `language`.
Problem problem_text(Problem problem, Language language);

}  // namespace faultline::sim
