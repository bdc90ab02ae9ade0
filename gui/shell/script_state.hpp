/// What the program shows, as JSON, for scripts that drive it by mouse and keyboard (`--state`):
/// where things are on the screen, and in what state the run and the document are.
#pragma once

#include <QByteArray>

namespace faultline::gui {

class MainWindow;

/// Rectangles are [x, y, width, height] in pixels of the screen.
QByteArray scriptState(MainWindow& window);
/// Writes it to the file a few times a second, as long as the program runs.
void writeScriptState(MainWindow& window, const QString& fileName);

}  // namespace faultline::gui
