/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A document as it is written, and the little that is read of others. */
final class Xml {
    private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    private final StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    /** Begins an element of S3's namespace. */
    Xml openS3(String name) {
        return open(name + " xmlns=\"" + NAMESPACE + "\"");
    }

    Xml open(String name) {
        text.append('<').append(name).append('>');
        return this;
    }

    Xml close(String name) {
        text.append("</").append(name).append('>');
        return this;
    }

    Xml element(String name, String content) {
        open(name);
        content.codePoints().forEach(this::append);
        return close(name);
    }

    /** Nothing where the content is null. */
    Xml optional(String name, @Nullable String content) {
        return content == null ? this : element(name, content);
    }

    private void append(int codePoint) {
        switch (codePoint) {
            case '<' -> text.append("&lt;");
            case '>' -> text.append("&gt;");
            case '&' -> text.append("&amp;");
            case '"' -> text.append("&quot;");
            case '\r' -> text.append("&#13;");
            default -> text.appendCodePoint(codePoint);
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** The content of the first element of a name in a document; empty if there is none. */
    static String read(byte[] document, String root, String name) {
        Document parsed = parse(document);
        if (!root.equals(parsed.getDocumentElement().getLocalName())) {
            throw malformed();
        }
        NodeList found = parsed.getElementsByTagNameNS("*", name);
        Node first = found.item(0);
        return first == null ? "" : first.getTextContent();
    }

    private static Document parse(byte[] document) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newNSInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(document));
        } catch (SAXException _) {
            throw malformed();
        } catch (IOException | ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    static Refusal malformed() {
        return new Refusal(400, "MalformedXML", "The XML you provided was not well-formed or did not validate.");
    }
}
