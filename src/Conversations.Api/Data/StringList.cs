using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Conversations.Api.Data;

/// <summary>Lists of words in one column of text, a blank between two: the same on every database.</summary>
public static class StringList
{
    public static void IsStringList(this PropertyBuilder<IReadOnlyList<string>> property) =>
        property.HasConversion(
            words => string.Join(' ', words),
            text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new ValueComparer<IReadOnlyList<string>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list)
        );
}
