#include "gui/shell/settings_dialog.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include "gui/shell/language.hpp"
#include "gui/shell/run_bar.hpp"
#include "gui/shell/settings.hpp"

namespace faultline::gui {

namespace {

constexpr double offered_speeds[] = {1, 10, 40, 100, 0};

void select(QComboBox* box, const QVariant& value) {
  box->setCurrentIndex(std::max(0, box->findData(value)));
}

}  // namespace

SettingsDialog::SettingsDialog(QWidget* parent)
    : QDialog(parent),
      language_before_(LanguageChoice::instance().chosen()),
      theme_before_(int(Theme::instance().mode())) {
  setObjectName(QStringLiteral("settingsDialog"));
  const auto label = [this](QLabel*& name, QWidget* field) {
    name = new QLabel(this);
    name->setBuddy(field);
  };
  language_ = new QComboBox(this);
  language_->setObjectName(QStringLiteral("language"));
  theme_ = new QComboBox(this);
  speed_ = new QComboBox(this);
  autosave_ = new QSpinBox(this);
  autosave_->setRange(2, 10);
  autosave_->setValue(settings::autosaveSeconds());
  dots_ = new QCheckBox(this);
  dots_->setChecked(settings::showDots());
  gallery_ = new QCheckBox(this);
  gallery_->setChecked(settings::galleryAtStart());
  label(language_name_, language_);
  label(theme_name_, theme_);
  label(speed_name_, speed_);
  label(autosave_name_, autosave_);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(20);
  form->setVerticalSpacing(10);
  form->addRow(language_name_, language_);
  form->addRow(theme_name_, theme_);
  form->addRow(speed_name_, speed_);
  form->addRow(autosave_name_, autosave_);
  form->addRow(dots_);
  form->addRow(gallery_);
  buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  connect(buttons_, &QDialogButtonBox::accepted, this, &SettingsDialog::accept);
  connect(buttons_, &QDialogButtonBox::rejected, this, &SettingsDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 14);
  layout->setSpacing(16);
  layout->addLayout(form);
  layout->addStretch(1);
  layout->addWidget(buttons_);
  setMinimumWidth(460);
  retranslate();
  select(language_, language_before_);
  select(theme_, theme_before_);
  select(speed_, settings::speed());
  connect(language_, &QComboBox::activated, this,
          [this] { LanguageChoice::instance().choose(language_->currentData().toString()); });
  connect(theme_, &QComboBox::activated, this,
          [this] { Theme::instance().setMode(Theme::Mode(theme_->currentData().toInt())); });
}

void SettingsDialog::accept() {
  settings::setLanguage(language_->currentData().toString());
  settings::setTheme(Theme::Mode(theme_->currentData().toInt()));
  settings::setSpeed(speed_->currentData().toDouble());
  settings::setAutosaveSeconds(autosave_->value());
  settings::setShowDots(dots_->isChecked());
  settings::setGalleryAtStart(gallery_->isChecked());
  QDialog::accept();
}

void SettingsDialog::reject() {
  if (LanguageChoice::instance().chosen() != language_before_) {
    LanguageChoice::instance().choose(language_before_);
  }
  if (int(Theme::instance().mode()) != theme_before_) {
    Theme::instance().setMode(Theme::Mode(theme_before_));
  }
  QDialog::reject();
}

void SettingsDialog::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QDialog::changeEvent(event);
}

void SettingsDialog::retranslate() {
  setWindowTitle(tr("Settings"));
  language_name_->setText(tr("&Language"));
  theme_name_->setText(tr("&Theme"));
  speed_name_->setText(tr("&Speed of new windows"));
  autosave_name_->setText(tr("&Keep unsaved edits safe every"));
  //: Seconds, after a number in a field.
  autosave_->setSuffix(tr(" s"));
  dots_->setText(tr("Show &requests as dots on the wires"));
  gallery_->setText(tr("Show the &gallery when the program starts"));

  const auto refill = [](QComboBox* box, const std::vector<std::pair<QString, QVariant>>& entries) {
    const QVariant chosen = box->currentData();
    box->clear();
    for (const auto& [text, value] : entries) box->addItem(text, value);
    if (chosen.isValid()) select(box, chosen);
  };
  // Each language calls itself by its own name.
  refill(language_, {{tr("As the system"), QStringLiteral("system")},
                     {QStringLiteral("English"), QStringLiteral("en")},
                     {QStringLiteral("Русский"), QStringLiteral("ru")}});
  refill(theme_, {{tr("As the system"), int(Theme::Mode::system)},
                  {tr("Light"), int(Theme::Mode::light)},
                  {tr("Dark"), int(Theme::Mode::dark)}});
  std::vector<std::pair<QString, QVariant>> speeds;
  for (const double speed : offered_speeds) speeds.emplace_back(RunBar::speedText(speed), speed);
  if (speed_->findData(settings::speed()) < 0 && settings::speed() != 1 &&
      settings::speed() != 10 && settings::speed() != 40 && settings::speed() != 100 &&
      settings::speed() != 0) {
    speeds.emplace_back(RunBar::speedText(settings::speed()), settings::speed());
  }
  refill(speed_, speeds);
}

}  // namespace faultline::gui
