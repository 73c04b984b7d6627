/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.MethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletWebRequest;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallerIdentityResolverTest {
    private static final Customer CUSTOMER = new Customer(new VpcId("vpc-0b1e8a8e776a87423"), null, null, null, null);
    private final CallerIdentityResolver resolver = new CallerIdentityResolver(
            vpcId -> vpcId.equals(CUSTOMER.vpcId()) ? Optional.of(CUSTOMER) : Optional.empty());
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @ParameterizedTest
    @ValueSource(strings = {"10.42.0.41", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "::ffff:10.0.0.1"})
    void lastForwardedAddressIsTheCallers(String address) {
        request.addHeader("x-amzn-vpc-id", "vpc-0b1e8a8e776a87423");
        request.addHeader("X-Forwarded-For", "6.6.6.6, evil,  " + address);

        assertThat(resolve()).isEqualTo(new CallerIdentity(CUSTOMER, address));
    }

    @Test
    void lastHeaderLineCounts() {
        request.addHeader("x-amzn-vpc-id", "vpc-0b1e8a8e776a87423");
        request.addHeader("X-Forwarded-For", "6.6.6.6");
        request.addHeader("X-Forwarded-For", "10.42.0.41");

        assertThat(resolve().sourceIp()).isEqualTo("10.42.0.41");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "evil", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4.", "10.0.0.1:80", "fe80::1%eth0",
        "::g",
        "10.0.0.1\nresult=Succeed", ":......", "a:.", "1:::::::2", "01.02.03.04", "1.2.3.4, "})
    void whatIsNoAddressIsDenied(String address) {
        request.addHeader("x-amzn-vpc-id", "vpc-0b1e8a8e776a87423");
        request.addHeader("X-Forwarded-For", address);

        assertThatThrownBy(this::resolve).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void unknownVpcIsDeniedByName() {
        request.addHeader("x-amzn-vpc-id", "vpc-00000000");
        request.addHeader("X-Forwarded-For", "10.42.0.41");

        assertThatThrownBy(this::resolve).isInstanceOf(AccessDeniedException.class)
            .hasMessageContaining("vpc-00000000");
    }

    @Test
    void twoVpcsAreDenied() {
        request.addHeader("x-amzn-vpc-id", "vpc-0b1e8a8e776a87423");
        request.addHeader("x-amzn-vpc-id", "vpc-0b1e8a8e776a87423");
        request.addHeader("X-Forwarded-For", "10.42.0.41");

        assertThatThrownBy(this::resolve).isInstanceOf(AccessDeniedException.class);
    }

    private CallerIdentity resolve() {
        try {
            MethodParameter parameter = new MethodParameter(
                    CallerIdentityResolverTest.class.getDeclaredMethod("takes", CallerIdentity.class), 0);
            assertThat(resolver.supportsParameter(parameter)).isTrue();
            return resolver.resolveArgument(parameter, null, new ServletWebRequest(request), null);
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unused") // seen by reflection
    private static void takes(CallerIdentity identity) {}
}
