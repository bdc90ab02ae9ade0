/// The language of the window: its own texts, Qt's, those of the models, and how numbers look. It
/// can be changed while the program runs: every widget gets QEvent::LanguageChange.
#pragma once

#include <QObject>
#include <QString>
#include <string>

#include "sim/registry/language.hpp"

namespace faultline::gui {

class LanguageChoice : public QObject {
  Q_OBJECT
 public:
  static LanguageChoice& instance();

  /// "en", "ru", or "system": that of the desktop.
  void choose(const QString& language);
  QString chosen() const { return chosen_; }
  /// "en" or "ru": what is shown.
  QString shown() const { return shown_; }
  bool isRussian() const { return shown_ == QLatin1String("ru"); }

 Q_SIGNALS:
  void changed();

 private:
  LanguageChoice();
  class Translators;
  std::shared_ptr<Translators> translators_;
  QString chosen_ = QStringLiteral("system");
  QString shown_ = QStringLiteral("en");
};

/// For the texts of sim/registry/language.hpp.
sim::Language modelLanguage();
/// What the engine says of files and runs, in the language that is shown. Names and values of the
/// file stay as they are.
QString shownSentence(const QString& english);
QString shownSentence(const std::string& english);

}  // namespace faultline::gui
