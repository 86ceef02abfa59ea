using Conversations.Api.Receipts;

namespace Conversations.Api.Control;

/// <summary>
/// A rule of faults: what it matches, which of the matches it hits, and what happens to these. Null says nothing.
/// </summary>
public record FaultForm
{
    /// <summary>The operation id of a request, such as CreateConversationParticipant.</summary>
    public string? Operation { get; init; }

    /// <summary>GET, POST or DELETE.</summary>
    public string? Method { get; init; }

    /// <summary>The path of a request; * stands for any text.</summary>
    public string? Path { get; init; }

    /// <summary>An identity that a request names, or an event.</summary>
    public string? Identity { get; init; }

    /// <summary>An address that a request names, or an event, or the address that gets a message.</summary>
    public string? Address { get; init; }

    /// <summary>A part of the URL of a webhook.</summary>
    public string? Receiver { get; init; }

    /// <summary>Hits only the match with this number, from 1.</summary>
    public long? Nth { get; init; }

    /// <summary>Hits each match whose number is a multiple.</summary>
    public long? Every { get; init; }

    /// <summary>Hits this share of the matches. The seed and the number of a match decide.</summary>
    public double? Probability { get; init; }

    /// <summary>By default the server chooses one.</summary>
    public long? Seed { get; init; }

    /// <summary>The most hits.</summary>
    public long? Times { get; init; }

    /// <summary>Answers a request with the status of an error.</summary>
    public int? Status { get; init; }

    /// <summary>Answers a request with the error of this code.</summary>
    public int? Code { get; init; }

    /// <summary>Delays a request, such as 500ms or 5s.</summary>
    public string? Delay { get; init; }

    /// <summary>Cuts the connection before the request is executed, or after it: before, after.</summary>
    public string? Cut { get; init; }

    /// <summary>Answers in place of the receiver of a webhook with a status.</summary>
    public int? WebhookStatus { get; init; }

    /// <summary>Makes the receiver of a webhook not answer: timeout, refused.</summary>
    public string? WebhookError { get; init; }

    /// <summary>The last status of a message to an address: undelivered, failed, delivered, sent.</summary>
    public string? Delivery { get; init; }

    /// <summary>The error code of a message that is undelivered or failed.</summary>
    public int? DeliveryError { get; init; }
}

/// <summary>The rules of the form. The first that it breaks is the answer.</summary>
internal static class FaultFormRules
{
    private const int MaxLength = 512;

    private const string Catalogue = "Swagger UI lists the errors of every operation, at /swagger.";

    /// <exception cref="ControlException">400.</exception>
    public static void Check(FaultForm form, IReadOnlySet<string> operations)
    {
        CheckMatches(form, KindOf(form), operations);
        CheckSelection(form);
        CheckRequestFault(form);
        Require(
            form.WebhookStatus is null or (>= 200 and <= 599)
                && (form.WebhookStatus is null || form.WebhookError is null),
            "webhook_status must be from 200 to 599, without webhook_error."
        );
        Require(
            form.WebhookError is null or Fault.Timeout or Fault.Refused,
            "webhook_error must be timeout or refused."
        );
        CheckDelivery(form);
    }

    /// <exception cref="ControlException">400: none or several.</exception>
    public static FaultKind KindOf(FaultForm form)
    {
        FaultKind[] kinds =
        [
            .. (FaultKind[])(form is { Status: null, Code: null, Delay: null, Cut: null } ? [] : [FaultKind.Request]),
            .. (FaultKind[])(form is { WebhookStatus: null, WebhookError: null } ? [] : [FaultKind.Webhook]),
            .. (FaultKind[])(form is { Delivery: null, DeliveryError: null } ? [] : [FaultKind.Delivery]),
        ];
        return kinds is [var kind]
            ? kind
            : throw Wrong(
                "A rule needs a fault of requests (status, code, delay, cut), of webhooks (webhook_status or "
                    + "webhook_error) or of deliveries (delivery, delivery_error), and of only one of them."
            );
    }

    private static void CheckMatches(FaultForm form, FaultKind kind, IReadOnlySet<string> operations)
    {
        (string Name, string? Value, bool IsOfKind)[] matches =
        [
            ("operation", form.Operation, kind == FaultKind.Request),
            ("method", form.Method, kind == FaultKind.Request),
            ("path", form.Path, kind == FaultKind.Request),
            ("receiver", form.Receiver, kind == FaultKind.Webhook),
            ("identity", form.Identity, kind != FaultKind.Delivery),
            ("address", form.Address, true),
        ];
        foreach (var (name, value, isOfKind) in matches.Where(match => match.Value is not null))
        {
            Require(isOfKind, $"{name} does not go with the fault of the rule.");
            Require(value!.Length is > 0 and <= MaxLength, $"{name} must have 1 to {MaxLength} characters.");
        }

        Require(form.Operation is null || operations.Contains(form.Operation), Filters.NoOperation);
        Require(form.Method is null or "GET" or "POST" or "DELETE", "method must be GET, POST or DELETE.");
        Require(
            form.Path is null || (form.Path[0] is '/' or '*' && !form.Path.Any(letter => letter is '?' or '\\')),
            "path must begin with / or *, and has no query."
        );
    }

    private static void CheckSelection(FaultForm form)
    {
        object?[] ways = [form.Nth, form.Every, form.Probability];
        Require(ways.Count(way => way is not null) <= 1, "A rule has at most one of nth, every and probability.");
        Require(form.Nth is null or > 0, "nth must be at least 1.");
        Require(form.Every is null or > 0, "every must be at least 1.");
        Require(form.Probability is null or (> 0 and <= 1), "probability must be above 0 and at most 1.");
        Require(form.Seed is null || form.Probability is not null, "seed needs probability.");
        Require(form.Times is null or > 0, "times must be at least 1.");
    }

    private static void CheckRequestFault(FaultForm form)
    {
        Require(
            form.Delay is null
                || ShortTime.Read(form.Delay) is { } delay && delay > TimeSpan.Zero && delay <= Fault.MaxDelay,
            $"delay must be a time up to {Fault.MaxDelay.TotalSeconds}s, such as 5s or 250ms."
        );
        Require(form.Cut is null or Fault.Before or Fault.After, "cut must be before or after.");
        Require(
            form.Cut is null || form is { Status: null, Code: null },
            "A connection that is cut has no answer: cut goes without status and code."
        );
        Require(
            form is { Status: null, Code: null } || ErrorCatalogue.Find(form.Status, form.Code) is not null,
            form.Code is null ? $"status {form.Status} needs the code of an error. {Catalogue}"
                : form.Status is null ? $"code {form.Code} is no error of this API. {Catalogue}"
                : $"No error of this API has status {form.Status} and code {form.Code}. {Catalogue}"
        );
    }

    private static void CheckDelivery(FaultForm form)
    {
        Require(
            form.Delivery
                is null
                    or ReceiptStatus.Undelivered
                    or ReceiptStatus.Failed
                    or ReceiptStatus.Delivered
                    or ReceiptStatus.Sent,
            "delivery must be undelivered, failed, delivered or sent."
        );
        Require(
            form.DeliveryError is null || form.Delivery is ReceiptStatus.Undelivered or ReceiptStatus.Failed,
            "delivery_error needs the delivery undelivered or failed."
        );

        // Twilio's errors of messages: of their senders and recipients, of carriers, of other channels.
        Require(
            form.DeliveryError is null or (>= 21200 and < 21700) or (>= 30000 and < 31000) or (>= 63000 and < 64000),
            "delivery_error must be the code of an error of messages (212xx to 216xx, 30xxx, 63xxx). "
                + "https://www.twilio.com/docs/api/errors lists them."
        );
    }

    private static void Require(bool condition, string detail)
    {
        if (!condition)
        {
            throw Wrong(detail);
        }
    }

    private static ControlException Wrong(string detail) => new(StatusCodes.Status400BadRequest, detail);
}
