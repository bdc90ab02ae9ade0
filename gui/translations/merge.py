#!/usr/bin/env python3
"""Brings translations from lists into a .ts file of Qt Linguist.

    merge.py TS LIST.tsv...     fills what is not translated yet; prints what is missing afterwards
    merge.py --missing TS       prints what is not translated, as a list to be filled

A line of a list is context<TAB>source<TAB>translation, with "\\n" for a line break; the forms of a text that depends on
a number are separated by "|". A translation that is there is kept. Exit status 1 if something is left without one.
"""

import sys
import xml.etree.ElementTree as ElementTree


def unescape(text):
    return text.replace("\\n", "\n").replace("\\t", "\t")


def escape(text):
    return text.replace("\n", "\\n").replace("\t", "\\t")


def read_lists(names):
    known = {}
    for name in names:
        with open(name, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                line = line.rstrip("\n")
                if not line.strip() or line.startswith("#"):
                    continue
                fields = line.split("\t")
                if len(fields) != 3:
                    sys.exit(f"{name}:{number}: not three fields: {line}")
                known[fields[0].strip(), unescape(fields[1])] = unescape(fields[2])
    return known


def is_missing(message):
    translation = message.find("translation")
    if translation is None or translation.get("type") == "unfinished":
        return True
    if message.get("numerus") == "yes":
        forms = translation.findall("numerusform")
        return not forms or any(not form.text for form in forms)
    return not translation.text


def messages_of(tree):
    for context in tree.getroot().iter("context"):
        for message in context.findall("message"):
            yield context.findtext("name"), message


def fill(message, text):
    translation = message.find("translation")
    translation.attrib.pop("type", None)
    if message.get("numerus") == "yes":
        for form in translation.findall("numerusform"):
            translation.remove(form)
        for part in text.split("|"):
            ElementTree.SubElement(translation, "numerusform").text = part
    else:
        translation.text = text


def write(tree, name):
    ElementTree.indent(tree, "    ")
    body = ElementTree.tostring(tree.getroot(), encoding="unicode")
    with open(name, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n' + body + "\n")


def main(arguments):
    only_list = arguments[:1] == ["--missing"]
    if only_list:
        arguments = arguments[1:]
    if not arguments:
        sys.exit(__doc__)
    tree = ElementTree.parse(arguments[0])
    known = read_lists(arguments[1:])
    by_source = {}
    for (_, source), text in known.items():
        by_source.setdefault(source, text)
    left = 0
    for context, message in messages_of(tree):
        if not is_missing(message):
            continue
        source = message.findtext("source")
        text = known.get((context, source), by_source.get(source))
        if text and not only_list:
            fill(message, text)
        else:
            left += 1
            print(f"{context}\t{escape(source)}\t")
    if not only_list:
        write(tree, arguments[0])
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
