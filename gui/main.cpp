#include "gui/shell/application.hpp"

int main(int count, char** arguments) { return faultline::gui::runApplication(count, arguments); }
