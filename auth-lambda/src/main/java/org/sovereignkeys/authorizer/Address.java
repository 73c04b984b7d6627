/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** An IP address, equal to another however it is written. Names are never looked up. */
public final class Address {
    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("(?=.{0,4}:)[0-9A-Fa-f:.]{2,45}");

    private final InetAddress value;

    private Address(InetAddress value) {
        this.value = value;
    }

    /**
     * Reads an address.
     *
     * @return nothing if the text is no address, or is an IPv4 one dressed as IPv6
     */
    public static Optional<Address> parse(String text) {
        try {
            if (IPV4.matcher(text).matches()) {
                return Optional.of(new Address(Inet4Address.ofLiteral(text)));
            }
            if (IPV6.matcher(text).matches() && InetAddress.ofLiteral(text) instanceof Inet6Address address) {
                return Optional.of(new Address(address));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** The range that holds this address alone, as a policy's condition wants it. */
    public String asRange() {
        return this + (value instanceof Inet4Address ? "/32" : "/128");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address address && value.equals(address.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value.getHostAddress();
    }
}
