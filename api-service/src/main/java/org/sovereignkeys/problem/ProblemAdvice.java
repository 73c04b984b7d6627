/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.problem;

import java.io.IOException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.FailureReason;
import org.sovereignkeys.cluster.ClusterException;
import org.sovereignkeys.customer.CustomerDirectoryUnavailableException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.hsm.BlobRejectedException;
import org.sovereignkeys.hsm.CustomerKeyRejectedException;
import org.sovereignkeys.hsm.FirstKeysPendingException;
import org.sovereignkeys.hsm.HsmException;
import org.sovereignkeys.hsm.HsmFaultException;
import org.sovereignkeys.hsm.HsmKeysException;
import org.sovereignkeys.hsm.HsmUnavailableException;
import org.sovereignkeys.hsm.PinRejectedException;
import org.sovereignkeys.hsm.RecipientKeyRejectedException;
import org.sovereignkeys.secret.BadParametersException;
import org.sovereignkeys.secret.CallTimedOutException;
import org.sovereignkeys.secret.NoCustomerKeyException;
import org.sovereignkeys.web.AccessDeniedException;
import org.sovereignkeys.web.BodyRejectedException;
import org.sovereignkeys.web.NotReadyException;

/**
 * The one place where a failure becomes an HTTP answer. What the caller did wrong is told in full; of what went wrong on
 * our side the caller learns that, and the log the rest.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> badParameters(BadParametersException e) {
        return Problem.answer(HttpStatus.BAD_REQUEST, FailureReason.BAD_PARAMETERS.text() + ": " + e.getMessage(),
                null);
    }

    @ExceptionHandler
    ResponseEntity<Object> noCustomerKey(NoCustomerKeyException e) {
        return Problem.answer(HttpStatus.BAD_REQUEST, FailureReason.NO_CUSTOMER_KEY.text(), e.getMessage(), null);
    }

    @ExceptionHandler
    ResponseEntity<Object> accessDenied(AccessDeniedException e) {
        return Problem.answer(HttpStatus.FORBIDDEN, String.valueOf(e.getMessage()), null);
    }

    @ExceptionHandler
    ResponseEntity<Object> bodyRejected(BodyRejectedException e) {
        HttpStatus status = switch (e.kind()) {
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case TOO_SLOW -> HttpStatus.REQUEST_TIMEOUT;
            case UNREADABLE -> HttpStatus.BAD_REQUEST;
        };
        HttpHeaders headers = new HttpHeaders();
        headers.setConnection("close"); // what is left of the body is not waited for
        return Problem.answer(status, String.valueOf(e.getMessage()), headers);
    }

    @ExceptionHandler
    ResponseEntity<Object> hsm(HsmException e) {
        return switch (e) {
            case BlobRejectedException _ ->
                Problem.answer(HttpStatus.BAD_REQUEST, FailureReason.WRONG_SECRET_OR_CONTEXT.text(),
                        "the encrypted secret is damaged, or was made for another VPC, instance or volume", null);
            case RecipientKeyRejectedException _ ->
                Problem.answer(HttpStatus.BAD_REQUEST, FailureReason.INVALID_RSA_KEY.text(), e.getMessage(), null);
            case PinRejectedException _ -> Problem.answer(HttpStatus.BAD_REQUEST, "PIN was not accepted", null);
            case HsmUnavailableException _ -> unavailable("The HSM cannot serve now.", e);
            case FirstKeysPendingException _ -> unavailable("The HSM does not hold its first keys yet.", e);
            case CustomerKeyRejectedException _ -> alarming("The encryption key of this VPC cannot be used.", e);
            case HsmKeysException _ -> alarming("The HSM does not hold the keys of Sovereign Keys as it must.", e);
            case HsmFaultException _ -> bug(e);
        };
    }

    @ExceptionHandler
    ResponseEntity<Object> cluster(ClusterException e) {
        HttpStatus status = e.isRefusal() ? HttpStatus.BAD_REQUEST : HttpStatus.SERVICE_UNAVAILABLE;
        return Problem.answer(status, String.valueOf(e.getMessage()), null);
    }

    @ExceptionHandler
    ResponseEntity<Object> notReady(NotReadyException e) {
        return Problem.answer(HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()), null);
    }

    @ExceptionHandler
    ResponseEntity<Object> audit(AuditUnavailableException e) {
        return unavailable("The audit log cannot be written now, and nothing is answered without its entry.", e);
    }

    @ExceptionHandler
    ResponseEntity<Object> timedOut(CallTimedOutException e) {
        return unavailable("The call took too long: the HSM or a store is slow.", e);
    }

    @ExceptionHandler
    ResponseEntity<Object> customers(CustomerDirectoryUnavailableException e) {
        return unavailable("The list of customers cannot be read now.", e);
    }

    @ExceptionHandler
    ResponseEntity<Object> customerKeys(EncryptedKeyTokenException e) {
        String detail = "The encryption key of this VPC cannot be read now.";
        return e.isOutOfReach() ? unavailable(detail, e) : alarming(detail, e);
    }

    /** The caller is gone: there is nobody to answer. */
    @ExceptionHandler
    void connectionBroken(IOException e) {
        LOG.debug("the caller's connection broke", e);
    }

    @ExceptionHandler
    ResponseEntity<Object> unforeseen(Exception e) {
        return bug(e);
    }

    @Override
    protected ResponseEntity<Object> handleNoHandlerFoundException(NoHandlerFoundException e, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        return Problem.answer(status, "There is no such call. Check the base URL (it ends in /v1) and the path.",
                headers);
    }

    @Override
    protected ResponseEntity<Object> handleHttpMediaTypeNotSupported(HttpMediaTypeNotSupportedException e,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return Problem.answer(status, "The body must be JSON, sent with Content-Type: application/json.", headers);
    }

    @Override
    protected ResponseEntity<Object> handleHttpRequestMethodNotSupported(HttpRequestMethodNotSupportedException e,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return Problem.answer(status,
                "The method " + e.getMethod() + " is not offered here; " + headers.getFirst(HttpHeaders.ALLOW) + " is.",
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception e, @Nullable Object body,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return status.is5xxServerError()
                ? bug(e)
                : Problem.answer(status, "The request cannot be served: " + status + ".", headers);
    }

    private static ResponseEntity<Object> unavailable(String detail, Exception e) {
        LOG.warn("{} {}", detail, e.toString());
        return Problem.answer(HttpStatus.SERVICE_UNAVAILABLE, detail + " Try again in a moment.", null);
    }

    private static ResponseEntity<Object> alarming(String detail, Exception e) {
        LOG.error("{} {}", detail, e.toString());
        LOG.debug("where it came from", e);
        return Problem.answer(HttpStatus.SERVICE_UNAVAILABLE,
                detail + " The operators of Sovereign Keys must look into it.", null);
    }

    private static ResponseEntity<Object> bug(Exception e) {
        LOG.error("a bug", e);
        return Problem.answer(HttpStatus.INTERNAL_SERVER_ERROR,
                "Sovereign Keys failed unexpectedly. Tell its operators the X-Request-Id of this answer.", null);
    }
}
