namespace Vigie.Server.Tests;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(4096, 1 << 20, 8192)]
    [InlineData(4096, 5000, 5000)]
    [InlineData(1 << 30, (1 << 30) + 1, (1 << 30) + 1)]
    [InlineData((1 << 30) - 5, (1 << 30) + 1, (1 << 30) + 1)]
    public void A_body_doubles_up_to_the_largest_limit(int length, int most, int size) => Assert.Equal(size, RequestBody.Doubled(length, most));
}
