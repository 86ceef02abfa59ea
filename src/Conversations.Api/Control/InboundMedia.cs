using System.Text.RegularExpressions;
using Conversations.Api.Data;
using Conversations.Api.Messages;

namespace Conversations.Api.Control;

/// <summary>A file that a phone sends. The server keeps this description, and has no content of the file.</summary>
/// <param name="ContentType">Such as image/jpeg. By default application/octet-stream.</param>
/// <param name="Filename">By default it has none.</param>
/// <param name="Size">In bytes, up to 5 MB. By default 0.</param>
internal sealed partial record InboundMedia(string? ContentType, string? Filename, long? Size)
{
    // Twilio's limit of an MMS. Some channels allow more.
    private const int MaxSize = 5 * 1024 * 1024;

    // A guess. No document has a limit.
    private const int MaxLength = 255;

    /// <summary>What no phone can send; null for nothing.</summary>
    public string? Problem =>
        ContentType is not null && !(IsText(ContentType) && MediaType().IsMatch(ContentType))
            ? $"content_type must be a media type such as image/jpeg, up to {MaxLength} characters"
        : Filename is not null && !IsText(Filename)
            ? $"filename must have from 1 to {MaxLength} characters, without control characters"
        : Size is < 0 or > MaxSize ? $"size must be a number of bytes from 0 to {MaxSize} (5 MB)"
        : null;

    public MessageMedia ToMedia(AccountClock clock)
    {
        MessageMedia media = new()
        {
            Sid = clock.NewSid(MessageMedia.SidPrefix),
            Size = Size ?? 0,
            Filename = Filename,
        };
        return ContentType is null ? media : media with { ContentType = ContentType };
    }

    private static bool IsText(string text) => text.Length is > 0 and <= MaxLength && !text.Any(char.IsControl);

    // RFC 6838, with parameters.
    [GeneratedRegex(@"^[a-zA-Z0-9][\w!#$&^.+-]*/[a-zA-Z0-9][\w!#$&^.+-]*( *;.*)?$", RegexOptions.ECMAScript)]
    private static partial Regex MediaType();
}
