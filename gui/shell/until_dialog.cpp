#include "gui/shell/until_dialog.hpp"

#include <QAbstractItemView>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

#include "gui/shell/format.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

UntilTimeDialog::UntilTimeDialog(double now, double end, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Run to a time"));
  setObjectName(QStringLiteral("untilTimeDialog"));
  field_ = new QDoubleSpinBox(this);
  field_->setDecimals(3);
  field_->setRange(0, std::max(end, now));
  field_->setSuffix(tr(" s"));
  field_->setValue(std::min(end, now + std::max(1.0, (end - now) / 10)));
  field_->selectAll();
  auto* name = new QLabel(tr("Virtual &time"), this);
  name->setBuddy(field_);
  auto* form = new QFormLayout;
  form->addRow(name, field_);
  auto* hint =
      new QLabel(tr("Now at %1; the run ends at %2. To a time before now it is played again "
                    "from the start, exactly as it was.")
                     .arg(formatClock(now), formatClock(end)),
                 this);
  hint->setWordWrap(true);
  hint->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().mutedText().name()));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  buttons->button(QDialogButtonBox::Ok)->setText(tr("Run"));
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 14);
  layout->addLayout(form);
  layout->addWidget(hint);
  layout->addWidget(buttons);
  setMinimumWidth(380);
}

double UntilTimeDialog::seconds() const { return field_->value(); }

UntilConditionDialog::UntilConditionDialog(const QStringList& values,
                                           std::function<QString(const QString&)> check,
                                           QWidget* parent)
    : QDialog(parent), check_(std::move(check)) {
  setWindowTitle(tr("Run to a condition"));
  setObjectName(QStringLiteral("untilConditionDialog"));
  auto* intro =
      new QLabel(tr("Run until this claim holds, as in <i>expect</i> of a scenario:"), this);
  intro->setTextFormat(Qt::RichText);
  field_ = new QLineEdit(this);
  field_->setObjectName(QStringLiteral("claim"));
  field_->setFont(Theme::instance().monospace());
  field_->setPlaceholderText(QStringLiteral("requests.latency_seconds.p99 > 200ms"));
  field_->setClearButtonEnabled(true);
  intro->setBuddy(field_);
  auto* completer = new QCompleter(values, this);
  completer->setFilterMode(Qt::MatchContains);
  completer->setCaseSensitivity(Qt::CaseInsensitive);
  completer->setMaxVisibleItems(12);
  field_->setCompleter(completer);
  error_ = new QLabel(this);
  error_->setWordWrap(true);
  error_->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().bad().name()));
  error_->hide();

  auto* search = new QLineEdit(this);
  search->setPlaceholderText(tr("Search the values"));
  search->setAccessibleName(tr("Search the values"));
  search->setClearButtonEnabled(true);
  auto* list = new QListWidget(this);
  list->setAccessibleName(tr("Values of the run"));
  list->addItems(values);
  list->setUniformItemSizes(true);
  const auto take = [this](QListWidgetItem* item) {
    field_->setText(item->text() + QStringLiteral(" > "));
    field_->setFocus();
  };
  connect(list, &QListWidget::itemActivated, this, take);
  connect(list, &QListWidget::itemClicked, this, take);
  connect(search, &QLineEdit::textChanged, this, [list](const QString& text) {
    for (int i = 0; i < list->count(); ++i) {
      list->item(i)->setHidden(!list->item(i)->text().contains(text, Qt::CaseInsensitive));
    }
  });
  connect(field_, &QLineEdit::textChanged, error_, &QLabel::hide);

  auto* hint =
      new QLabel(tr("Comparisons: &lt; &lt;= &gt; &gt;= == != <i>between</i> A <i>and</i> B. "
                    "Numbers take units: 200ms, 5%, 100/s."),
                 this);
  hint->setTextFormat(Qt::RichText);
  hint->setWordWrap(true);
  hint->setStyleSheet(QStringLiteral("color: %1").arg(Theme::instance().mutedText().name()));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  buttons->button(QDialogButtonBox::Ok)->setText(tr("Run"));
  connect(buttons, &QDialogButtonBox::accepted, this, &UntilConditionDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 14);
  layout->addWidget(intro);
  layout->addWidget(field_);
  layout->addWidget(error_);
  layout->addWidget(hint);
  if (!values.isEmpty()) {
    layout->addWidget(search);
    layout->addWidget(list, 1);
  } else {
    search->hide();
    list->hide();
  }
  layout->addWidget(buttons);
  resize(560, values.isEmpty() ? 180 : 460);
  field_->setText(QSettings().value("run/condition").toString());
  field_->setFocus();
}

QString UntilConditionDialog::claim() const { return field_->text().trimmed(); }

void UntilConditionDialog::setClaim(const QString& claim) { field_->setText(claim); }

void UntilConditionDialog::accept() {
  const QString problem = claim().isEmpty() ? tr("Write a claim.") : check_(claim());
  if (!problem.isEmpty()) {
    error_->setText(problem);
    error_->show();
    field_->setFocus();
    return;
  }
  QSettings().setValue("run/condition", claim());
  QDialog::accept();
}

}  // namespace faultline::gui
