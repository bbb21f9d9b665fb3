"""Whose names are East or South-East Asian, among the public figures of Labeled Faces in the Wild. The engine is less
accurate for them, which docs/rekognition.md shows."""

import re

_PARTS = frozenset(
    """
    Badawi Bachtiar Bak Balingit Chan Chang Chao Chen Cheung Chin Cho Choi Chong Chung Chyung Dae Dai Du Fann Fruit Gao
    Goh Gong Guangsheng Han Hayashi He Hideki Hidetoshi Hiroyuki Hitoshi Ho Hong Hsi Hsieh Hu Huan Huang Hung Hwang
    Ichiro Ito Jeong Jia Jiang Jo Jong Jung Junichiro Kang Kawaguchi Keizo Kim Koichi Koizumi Koji Kong Koshiba Kwan
    Kwok Kwon Lai Lau Leung Li Liang Lim Lin Liu Lu Luo Ma Macapagal Masatoshi Matsui Megawati Mori Myung Nakata
    Nakayama Nan Ng Nguyen Oh Ono Paek Pak Park Pham Phan Pichay Qian Roh Sato Shi Shinawatra Soon Srichaphan Suh
    Sugiyama Suk Sukarnoputri Sun Sung Suzuki Takahiro Takashi Takenaka Takuma Tamura Tanaka Tang Thaksin Thanongsak
    Tian Tong Tsao Tse Tung Wang Watanabe Wei Wen Wong Wu Xiang Xu Yamada Yamaguchi Yamamoto Yang Yao Ye Yeoh Yi Yishan
    Yoo Yoon Yoshino Yu Yuan Zemin Zeng Zhang Zhao Zhong Zhu Ziwang
    """.split()  # noqa: SIM905 - a list would take a line for each
)
# Who has such a name by chance.
_OTHERS = frozenset(
    """
    Chan_Gailey Jo_Dee_Messina Kim_Cattrall Kim_Chinn Kim_Clijsters Kim_Gandy Kim_Weeks Mary_Jo_Myers Paul_Li_Calsi
    Pyar_Jung_Thapa
    """.split()  # noqa: SIM905 - a list would take a line for each
)


def is_east_asian(person: str) -> bool:
    """By the name of a person's folder, like ``Yao_Ming``."""
    return person not in _OTHERS and not _PARTS.isdisjoint(re.split("[_-]", person))
