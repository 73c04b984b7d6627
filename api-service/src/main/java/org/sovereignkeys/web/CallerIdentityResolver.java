/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

import org.sovereignkeys.customer.CustomerDirectory;
import org.sovereignkeys.customer.VpcId;

/**
 * Finds out who calls, from what the gateway sets: {@code x-amzn-vpc-id}, once, and the last address of
 * {@code X-Forwarded-For}, which is the one that the gateway added. Nothing that the caller can write is looked at.
 */
@Component
class CallerIdentityResolver implements HandlerMethodArgumentResolver {
    private static final String VPC_HEADER = "x-amzn-vpc-id";
    private static final String ADDRESS_HEADER = "X-Forwarded-For";
    private static final Pattern IPV4 = Pattern
        .compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    /** The characters of an IPv6 address without zone; its form is InetAddress's to judge. */
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9A-Fa-f]*:[0-9A-Fa-f:.]{1,44}");

    private final CustomerDirectory customers;

    CallerIdentityResolver(CustomerDirectory customers) {
        this.customers = customers;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == CallerIdentity.class;
    }

    @Override
    public CallerIdentity resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
            NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory) {
        HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
        if (servletRequest == null) {
            throw new IllegalStateException("not an HTTP request");
        }
        return identify(servletRequest);
    }

    private CallerIdentity identify(HttpServletRequest request) {
        List<String> vpcIds = Collections.list(request.getHeaders(VPC_HEADER));
        if (vpcIds.size() != 1 || !VpcId.isValid(vpcIds.getFirst())) {
            throw new AccessDeniedException(
                    "The call did not come through the gateway of Sovereign Keys: it names no VPC.");
        }
        String address = lastAddress(Collections.list(request.getHeaders(ADDRESS_HEADER)));
        VpcId vpcId = new VpcId(vpcIds.getFirst());
        return customers.find(vpcId)
            .map(customer -> new CallerIdentity(customer, address))
            .orElseThrow(() -> new AccessDeniedException(
                    "The VPC " + vpcId + " is not registered with Sovereign Keys. Ask its operators to add it."));
    }

    private static String lastAddress(List<String> headers) {
        String last = headers.isEmpty() ? "" : headers.getLast();
        String address = last.substring(last.lastIndexOf(',') + 1).strip();
        if (!IPV4.matcher(address).matches() && !isIpv6(address)) {
            throw new AccessDeniedException(
                    "The call did not come through the gateway of Sovereign Keys: it names no source address.");
        }
        return address;
    }

    private static boolean isIpv6(String address) {
        if (!IPV6_CHARACTERS.matcher(address).matches()) {
            return false;
        }
        try {
            InetAddress.ofLiteral(address);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
