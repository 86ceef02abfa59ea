using System.Security.Cryptography;
using System.Text;

namespace Conversations.Api.Data;

/// <summary>
/// Replaces a text that is only compared for equality. An index row of PostgreSQL holds about 2,700 bytes, so a longer
/// text can't be a key itself.
/// </summary>
public static class Digest
{
    /// <summary>SHA-256 of the text in UTF-8, as 64 hexadecimal digits in lower case.</summary>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
