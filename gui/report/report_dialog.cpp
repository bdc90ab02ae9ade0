#include "gui/report/report_dialog.hpp"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSet>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "gui/charts/chart_panel.hpp"
#include "gui/charts/heat_map.hpp"
#include "gui/report/report_page.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

constexpr int id_role = Qt::UserRole;  ///< Of a part of the report; "chart:2" of one of the window.

}  // namespace

ReportDialog::ReportDialog(ResultPtr result, std::vector<ChartPanel*> charts, HeatMapPanel* heatMap,
                           const QString& suggestedName, QWidget* parent)
    : QDialog(parent), result_(std::move(result)), heat_map_(heatMap) {
  for (ChartPanel* chart : charts) {
    if (!chart->isEmpty()) charts_.emplace_back(chart);
  }
  setWindowTitle(tr("Export report"));
  setObjectName("ReportDialog");
  language_ = new QComboBox(this);
  language_->addItem(QStringLiteral("English"), "en");
  language_->addItem(QStringLiteral("Русский"), "ru");
  language_->setCurrentIndex(QLocale().language() == QLocale::Russian ? 1 : 0);
  parts_ = new QTreeWidget(this);
  parts_->setHeaderHidden(true);
  parts_->setAccessibleName(tr("Parts of the report"));
  file_ = new QLineEdit(suggestedName, this);
  file_->setMinimumWidth(320);
  auto* browse = new QToolButton(this);
  browse->setText(tr("Browse…"));
  auto* file_row = new QHBoxLayout;
  file_row->addWidget(file_, 1);
  file_row->addWidget(browse);
  error_ = new QLabel(this);
  error_->setWordWrap(true);
  error_->hide();
  QPalette palette = error_->palette();
  palette.setColor(QPalette::WindowText, Theme::instance().bad());
  error_->setPalette(palette);
  buttons_ = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
  buttons_->button(QDialogButtonBox::Save)->setText(tr("Save"));
  buttons_->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
  auto* form = new QFormLayout;
  form->addRow(tr("Language"), language_);
  form->addRow(tr("Contents"), parts_);
  form->addRow(tr("File (.html or .pdf)"), file_row);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(form);
  layout->addWidget(error_);
  layout->addWidget(buttons_);
  resize(560, 520);
  connect(buttons_, &QDialogButtonBox::accepted, this, &ReportDialog::accept);
  connect(buttons_, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(browse, &QToolButton::clicked, this, &ReportDialog::browse);
  connect(language_, &QComboBox::currentIndexChanged, this, &ReportDialog::fillParts);
  fillParts();
}

void ReportDialog::fillParts() {
  // What was left out stays left out in the other language.
  QSet<QString> unchecked;
  QSet<QString> known;
  for (QTreeWidgetItemIterator it(parts_); *it != nullptr; ++it) {
    const QString id = (*it)->data(0, id_role).toString();
    known.insert(id);
    if ((*it)->checkState(0) == Qt::Unchecked) unchecked.insert(id);
  }
  parts_->clear();
  const ReportPage page(*result_, language_->currentData().toString());
  QTreeWidgetItem* section = nullptr;
  const auto add = [&](QTreeWidgetItem* item, const QString& id, bool on) {
    item->setData(0, id_role, id);
    item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
    item->setCheckState(
        0, (known.contains(id) ? !unchecked.contains(id) : on) ? Qt::Checked : Qt::Unchecked);
  };
  for (const ReportPart& part : page.parts()) {
    if (!part.figure) {
      section = new QTreeWidgetItem(parts_, {part.title});
      section->setFlags(section->flags() | Qt::ItemIsAutoTristate);
      add(section, part.id, true);
    } else {
      add(section != nullptr ? new QTreeWidgetItem(section, {part.title})
                             : new QTreeWidgetItem(parts_, {part.title}),
          part.id, true);
    }
  }
  if (!charts_.empty() || heat_map_ != nullptr) {
    auto* window = new QTreeWidgetItem(parts_, {tr("Charts as the window shows them")});
    window->setFlags(window->flags() | Qt::ItemIsAutoTristate);
    add(window, "charts", false);
    for (std::size_t i = 0; i < charts_.size(); ++i) {
      if (charts_[i] == nullptr) continue;
      add(new QTreeWidgetItem(window, {charts_[i]->title()}), QStringLiteral("chart:%1").arg(i),
          false);
    }
    if (heat_map_ != nullptr && !heat_map_->isEmpty()) {
      add(new QTreeWidgetItem(window, {heat_map_->title()}), "heat", false);
    }
  }
  parts_->expandAll();
}

ReportOptions ReportDialog::options() const {
  ReportOptions options;
  options.language = language_->currentData().toString();
  for (QTreeWidgetItemIterator it(parts_); *it != nullptr; ++it) {
    const QString id = (*it)->data(0, id_role).toString();
    const bool on = (*it)->checkState(0) != Qt::Unchecked;
    if (id.startsWith("chart:")) {
      ChartPanel* chart = charts_[id.mid(6).toULong()];
      if (on && chart != nullptr) options.charts.push_back(chart);
    } else if (id == "heat") {
      if (on) options.heatMap = heat_map_;
    } else if (id != "charts" && !on) {
      options.leftOut << id;
    }
  }
  return options;
}

void ReportDialog::setLanguage(const QString& language) {
  language_->setCurrentIndex(std::max(0, language_->findData(language)));
}

void ReportDialog::setFileName(const QString& name) { file_->setText(name); }

QString ReportDialog::fileName() const { return file_->text().trimmed(); }

void ReportDialog::browse() {
  QString filter;
  QString name = QFileDialog::getSaveFileName(this, tr("Export report"), fileName(),
                                              tr("Web page (*.html);;PDF (*.pdf)"), &filter,
                                              QFileDialog::DontConfirmOverwrite);
  if (name.isEmpty()) return;
  if (QFileInfo(name).suffix().isEmpty()) name += filter.contains("pdf") ? ".pdf" : ".html";
  file_->setText(name);
}

bool ReportDialog::save() {
  error_->hide();
  QString error;
  if (fileName().isEmpty()) {
    error = tr("Say where the report shall go.");
  } else if (exportReport(*result_, options(), fileName(), &error)) {
    return true;
  }
  error_->setText(error);
  error_->show();
  return false;
}

void ReportDialog::accept() {
  if (save()) QDialog::accept();
}

}  // namespace faultline::gui
