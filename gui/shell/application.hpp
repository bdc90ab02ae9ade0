/// The program `faultline-gui`: its command line, its settings, its language, and the first window.
#pragma once

namespace faultline::gui {

/// Gives the exit status.
int runApplication(int count, char** arguments);

}  // namespace faultline::gui
