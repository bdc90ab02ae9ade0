/// The style sheet of the page.
#pragma once

#include <string_view>

namespace faultline::reports {

/// Colours of light, dark and paper, layout of the page, and the classes that the pictures use.
/// Data colours are those of Okabe and Ito ("Color Universal Design", 2008), blue and green
/// lightened on dark ground.
std::string_view page_style();

}  // namespace faultline::reports
