/// The HTML report of a result, read back as a tree: which sections and figures it has, the page
/// without some of them, and what the PDF is painted from. So both show the same numbers as the
/// headless program, in the same words.
#pragma once

#include <memory>
#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>
#include <vector>

#include "sim/scenario/result.hpp"

namespace faultline::gui {

/// An element of the page, or a text (then `tag` is empty).
struct PageElement {
  QString tag;
  QHash<QString, QString> attributes;
  QString text;
  std::vector<PageElement> children;
  qsizetype begin = 0;  ///< Where it stands in the page.
  qsizetype end = 0;

  bool hasClass(const QString& name) const;
  const PageElement* child(const QString& tag) const;  ///< The first one below it, at any depth.
  QString allText() const;                             ///< Without what only titles a picture.
};

/// A part of the report that can be left out: a section, or a figure in it.
struct ReportPart {
  QString id;     ///< "2" for a section, "2.1" for a figure: by place, so that languages agree.
  QString title;  ///< In the language of the report.
  bool figure = false;
};

class ReportPage {
 public:
  /// Of this result in "en" or "ru".
  ReportPage(const sim::Result& result, const QString& language);

  const QString& html() const { return html_; }  ///< The whole page.
  QString language() const { return language_; }
  std::vector<ReportPart> parts() const;  ///< In the order of the page.
  /// The page without the parts of these ids; `extra` is put before the end of the body's main
  /// part.
  QString html(const QStringList& leftOut, const QString& extra = {}) const;
  /// The body without those parts.
  PageElement body(const QStringList& leftOut) const;
  QString title() const;

 private:
  QString html_;
  QString language_;
  PageElement root_;
};

/// The style sheet of the page, resolved for paper: what a class means for an element of a picture.
/// `svg` is an element of the page; the result is a picture that needs no style sheet.
QByteArray standaloneSvg(const PageElement& svg);

}  // namespace faultline::gui
