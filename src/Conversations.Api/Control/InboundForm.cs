using Conversations.Api.Participants;
using Conversations.Api.Receipts;

namespace Conversations.Api.Control;

/// <summary>A message that a phone sends.</summary>
/// <param name="From">The address of the phone: +15558675310, whatsapp:+15558675310.</param>
/// <param name="To">
/// The address that it writes to, which is the proxy address of its participant. In a group text all other addresses,
/// separated by commas.
/// </param>
/// <param name="Body">The text.</param>
/// <param name="Media">The files, up to ten.</param>
internal sealed record InboundForm(string? From, string? To, string? Body, IReadOnlyList<InboundMedia?>? Media = null)
{
    // Twilio's limit of an MMS.
    private const int MaxMedia = 10;

    private const int MaxReceivers = GroupText.MaxParticipants - 1;

    /// <summary>Throws when no phone could send it.</summary>
    /// <exception cref="ControlException">400: the message names the wrong member.</exception>
    public CheckedInbound Check()
    {
        ThrowIf(From is null || !IsAddress(From), "from must be the address of a phone, such as +15558675310.");
        string[] to = [.. (To ?? "").Split(',', StringSplitOptions.TrimEntries)];
        ThrowIf(
            to.Length > MaxReceivers || to.Any(address => address.Any(char.IsControl) || !IsReceiver(address)),
            $"to must be an address, or up to {MaxReceivers} addresses of a group text, separated by commas."
        );
        ThrowIf(Body?.Contains('\0') == true, "body may not contain NUL.");
        var type = AddressType.Of(From!)!;
        ThrowIf(
            type != AddressType.Email && Body?.Length > Deliveries.MaxTextLength,
            $"body has more than the {Deliveries.MaxTextLength} characters of a text."
        );
        var media = CheckMedia();
        ThrowIf(string.IsNullOrEmpty(Body) && media is [], "A message needs a body or media.");
        return new(From!, type, to, Body ?? "", media);
    }

    private List<InboundMedia> CheckMedia()
    {
        var media = Media ?? [];
        ThrowIf(media.Count > MaxMedia, $"media has more than {MaxMedia} files.");
        foreach (var (number, file) in media.Index())
        {
            var problem = file is null ? "must be an object" : file.Problem;
            ThrowIf(problem is not null, $"media[{number}]: {problem}.");
        }

        return [.. media.OfType<InboundMedia>()];
    }

    private static bool IsAddress(string address) =>
        !address.Any(char.IsControl) && AddressType.IsAddress(AddressType.Of(address), address);

    // In a group text also the address of another phone.
    private static bool IsReceiver(string address) => AddressType.IsProxyAddress(address) || IsAddress(address);

    private static void ThrowIf(bool condition, string detail)
    {
        if (condition)
        {
            throw new ControlException(StatusCodes.Status400BadRequest, detail);
        }
    }
}
