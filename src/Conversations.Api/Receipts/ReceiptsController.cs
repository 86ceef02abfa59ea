using Conversations.Api.Accounts;
using Conversations.Api.OpenApi;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Receipts;

[ApiController]
[ServiceScoped("Conversations/{ConversationSid}/Messages/{MessageSid}/Receipts", "ConversationMessageReceipt")]
[Tag(
    "Delivery receipts",
    Order = 21,
    Page = "https://www.twilio.com/docs/conversations/delivery-receipts",
    Description = "The delivery of a message to each participant with an address. The network is simulated"
)]
public sealed class ReceiptsController(ReceiptService receipts, RequestScope scope) : ControllerBase
{
    /// <summary>Fetch the delivery and read receipts of the conversation message</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="message">The SID of the message.</param>
    /// <param name="sid">The SID of the receipt.</param>
    [HttpGet("{Sid}")]
    public async Task<ReceiptResource> Fetch(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "MessageSid")] string message,
        [FromRoute(Name = "Sid")] string sid,
        CancellationToken cancellationToken
    ) => ReceiptResource.Of(await receipts.FetchAsync(conversation, message, sid, cancellationToken), scope);

    /// <summary>Retrieve a list of all delivery and read receipts of the conversation message</summary>
    /// <param name="conversation" example="my-first-conversation">
    /// The SID or the unique name of the conversation.
    /// </param>
    /// <param name="message">The SID of the message.</param>
    [HttpGet]
    public async Task<ReceiptList> List(
        [FromRoute(Name = "ConversationSid")] string conversation,
        [FromRoute(Name = "MessageSid")] string message,
        [FromQuery(Name = "")] ReceiptQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await receipts.ListAsync(conversation, message, query, cancellationToken);
        return new(
            page.Meta(scope.RequestedUrl, "delivery_receipts"),
            [.. page.Items.Select(receipt => ReceiptResource.Of(receipt, scope))]
        );
    }
}
