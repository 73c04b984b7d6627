/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer.aws;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** An element of an answer: its name, and either elements or text in it. Attributes and namespaces do not count. */
record XmlElement(String name, List<XmlElement> children, StringBuilder content) {
    private static final int MAX_DEPTH = 64;

    /** Reads a document; one with a document type is refused. */
    static XmlElement parse(byte[] document) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            return parse(factory.createXMLStreamReader(new ByteArrayInputStream(document)));
        } catch (XMLStreamException e) {
            throw new IOException("not XML", e);
        }
    }

    private static XmlElement parse(XMLStreamReader in) throws XMLStreamException {
        XmlElement document = new XmlElement("", new ArrayList<>(), new StringBuilder());
        Deque<XmlElement> open = new ArrayDeque<>();
        open.push(document);
        while (in.hasNext()) {
            switch (in.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    XmlElement element = new XmlElement(in.getLocalName(), new ArrayList<>(), new StringBuilder());
                    open.element().children.add(element);
                    open.push(element);
                    if (open.size() > MAX_DEPTH) {
                        throw new XMLStreamException("nested too deeply");
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> open.pop();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                    open.element().content.append(in.getText());
                case XMLStreamConstants.DTD -> throw new XMLStreamException("a document type");
                default -> {
                    // Comments and the like say nothing.
                }
            }
        }
        return document.children.getFirst();
    }

    /** All elements that a path of names leads to. */
    Stream<XmlElement> descend(String... path) {
        Stream<XmlElement> found = Stream.of(this);
        for (String step : path) {
            found = found.flatMap(element -> element.children.stream().filter(child -> child.name.equals(step)));
        }
        return found;
    }

    /** The text of the first element that a path leads to. */
    Optional<String> text(String... path) {
        return descend(path).findFirst().map(element -> element.content.toString().strip());
    }
}
