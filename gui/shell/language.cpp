#include "gui/shell/language.hpp"

#include <memory>
#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include "sim/registry/sentences.hpp"

namespace faultline::gui {

class LanguageChoice::Translators {
 public:
  QTranslator own;
  QTranslator qt;
};

LanguageChoice& LanguageChoice::instance() {
  static LanguageChoice choice;
  return choice;
}

LanguageChoice::LanguageChoice() : translators_(std::make_shared<Translators>()) {}

void LanguageChoice::choose(const QString& language) {
  chosen_ = language;
  // QLocale() is what was set as default, QLocale::system() what the desktop says.
  const bool russian =
      language == QLatin1String("ru") ||
      (language == QLatin1String("system") && QLocale::system().language() == QLocale::Russian);
  shown_ = russian ? QStringLiteral("ru") : QStringLiteral("en");
  QLocale locale(russian ? QLocale::Russian : QLocale::English,
                 russian ? QLocale::Russia : QLocale::UnitedStates);
  // A person whose desktop speaks the language shown has chosen its numbers too.
  if (QLocale::system().language() == locale.language()) locale = QLocale::system();
  QLocale::setDefault(locale);

  QCoreApplication::removeTranslator(&translators_->own);
  QCoreApplication::removeTranslator(&translators_->qt);
  if (russian) {
    if (translators_->qt.load(QStringLiteral("qtbase_ru"),
                              QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
      QCoreApplication::installTranslator(&translators_->qt);
    }
    if (translators_->own.load(QStringLiteral(":/i18n/faultline_ru.qm"))) {
      QCoreApplication::installTranslator(&translators_->own);
    }
  }
  Q_EMIT changed();
}

QString shownSentence(const std::string& english) {
  return QString::fromStdString(sim::sentence_text(english, modelLanguage()));
}

QString shownSentence(const QString& english) { return shownSentence(english.toStdString()); }

sim::Language modelLanguage() { return sim::language_of(QLocale().name().toStdString()); }

}  // namespace faultline::gui
